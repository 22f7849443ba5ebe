import type { IHeaders } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  decodeNext,
  encodeNext,
  NEXT_HEADER,
  type OutputQuery,
  visibleOutputs,
} from '../../../../common/kafka/lanes/visible-outputs.js';

const GROUP = 'tw.window';

/** One offset of a partition: what its record's header tells, or null for what no reader sees. */
type Place = string | null;

/** Topics by name, each with its partitions; a fetch gives at most three offsets. */
function admin(topics: Readonly<Record<string, readonly (readonly Place[])[]>>) {
  const asked: string[] = [];
  const client: OutputQuery['admin'] = {
    fetchTopicOffsets: async (topic) =>
      (topics[topic] ?? []).map((places, partition) => ({
        partition,
        offset: String(places.length),
        high: String(places.length),
        low: '0',
      })),
    fetchVisible: async ({ topic, partition, from }) => {
      asked.push(`${topic}/${partition}@${from}`);
      const places = (topics[topic]?.[partition] ?? []).slice(from, from + 3);
      const records = places.flatMap((text, i) => {
        const headers: IHeaders = { [NEXT_HEADER]: text ?? '' };
        return text === null ? [] : [{ offset: String(from + i), headers }];
      });
      return { records, next: from + places.length };
    },
  };
  return { client, asked };
}

const told = (offset: number, group = GROUP) => encodeNext(offset, group);
const nothing = (count: number): null[] => Array<null>(count).fill(null);

describe('what the outputs tell of the input', () => {
  it('is what the newest visible record of any topic says, by partition', async () => {
    const { client } = admin({
      features: [[told(3), null, told(9), null], [told(4), null], []],
      state: [[told(12), null], [told(2)], []],
    });
    const query = { admin: client, groupId: GROUP, topics: ['features', 'state'], partitions: [0, 1, 2] };
    expect(await visibleOutputs(query)).toEqual(
      new Map([
        [0, 12],
        [1, 4],
      ]),
    );
  });

  it('is asked of the wanted partitions only, and costs one fetch where the end is as a rule', async () => {
    const { client, asked } = admin({ features: [[told(1)], [...nothing(90), told(7), null]] });
    await visibleOutputs({ admin: client, groupId: GROUP, topics: ['features'], partitions: [1] });
    expect(asked[0]).toBe('features/1@84');
    expect(asked.every((place) => place.startsWith('features/1@'))).toBe(true);
  });

  it('is looked for further and further back, to the start of the log', async () => {
    const { client } = admin({ features: [[told(5), ...nothing(1_000)], nothing(1_000)] });
    const query = { admin: client, groupId: GROUP, topics: ['features'], partitions: [0, 1] };
    expect(await visibleOutputs(query)).toEqual(new Map([[0, 5]]));
  });

  it('is nothing where the record is of another group, or tells no offset', async () => {
    const { client } = admin({ dead: [[told(5, 'tw.drift')], ['5'], ['x tw.window']] });
    const query = { admin: client, groupId: GROUP, topics: ['dead'], partitions: [0, 1, 2] };
    expect(await visibleOutputs(query)).toEqual(new Map());
  });
});

describe('the header of what comes next', () => {
  it('names the offset and the group, and is read back only by that group', () => {
    const headers = { [NEXT_HEADER]: encodeNext(2 ** 50, 'a group') };
    expect(decodeNext(headers, 'a group')).toBe(2 ** 50);
    expect(decodeNext({ [NEXT_HEADER]: Buffer.from('7 a group') }, 'a group')).toBe(7);
    expect(decodeNext(headers, 'a')).toBeNull();
    expect(decodeNext(undefined, 'a group')).toBeNull();
  });
});
