import { describe, expect, it } from 'vitest';
import {
  decodeRange,
  encodeRange,
  lastOutputs,
  OFFSETS_HEADER,
  type OutputQuery,
} from '../../../../common/kafka/lanes/last-outputs.js';
import type { RawRecord } from '../../../../common/kafka/patches/raw-records.js';

const GROUP = 'tw.window';

/** One place of a log: the header of a record, an end marker, or a hole that compaction left. */
type Place = string | 'COMMIT' | 'ABORT' | null;

function recordAt(place: Place, offset: number): RawRecord[] {
  if (place === null) return [];
  const isControlRecord = place === 'COMMIT' || place === 'ABORT';
  const key = isControlRecord ? Buffer.from([0, 0, 0, place === 'COMMIT' ? 1 : 0]) : Buffer.from('k');
  return [{ offset: String(offset), key, isControlRecord, headers: { [OFFSETS_HEADER]: place } }];
}

/** Topics by name, each with its partitions; a fetch gives at most three places. As the broker tells it, a log ends where what is open begins. */
function logs(topics: Readonly<Record<string, readonly (readonly Place[])[]>>) {
  const asked: string[] = [];
  const admin: OutputQuery['admin'] = {
    fetchTopicOffsets: async (topic) =>
      (topics[topic] ?? []).map((places, partition) => {
        const closed = places.findLastIndex((place) => place === 'COMMIT' || place === 'ABORT') + 1;
        return { partition, offset: String(closed), high: String(closed), low: '0' };
      }),
    fetchRaw: async ({ topic, partition, from }) => {
      asked.push(`${topic}/${partition}@${from}`);
      const places = topics[topic]?.[partition] ?? [];
      const records = places.slice(from, from + 3).flatMap((place, i) => recordAt(place, from + i));
      return { records, end: places.length };
    },
  };
  return { admin, asked };
}

const told = (from: number, next: number, group = GROUP) => encodeRange({ from, next }, group);
const records = (count: number) => Array.from({ length: count }, () => 'no range');
const markers = (count: number) => Array<Place>(count).fill('ABORT');

function read(topics: Parameters<typeof logs>[0], partitions: readonly number[] = [0]) {
  return lastOutputs({ admin: logs(topics).admin, groupId: GROUP, topics: Object.keys(topics), partitions });
}

describe('the last output', () => {
  it('is the newest record of each topic and partition that was not aborted, with what became of it', async () => {
    const topics = {
      features: [
        [told(1, 3), 'COMMIT', told(3, 9), 'COMMIT', 'ABORT'],
        [told(1, 2), 'COMMIT', told(2, 4), 'ABORT', 'COMMIT'],
        [],
      ],
      state: [[told(1, 3), 'COMMIT', told(9, 12)], [told(2, 4), 'COMMIT'], ['COMMIT']],
    } as const;
    expect(await read(topics, [0, 1, 2])).toEqual([
      { partition: 0, fate: 'committed', range: { from: 3, next: 9 } },
      { partition: 1, fate: 'committed', range: { from: 1, next: 2 } },
      { partition: 0, fate: 'open', range: { from: 9, next: 12 } },
      { partition: 1, fate: 'committed', range: { from: 2, next: 4 } },
    ]);
  });

  it('is found across fetches, behind any number of markers, and at the end of a long open transaction', async () => {
    const found = [{ partition: 0, fate: 'committed', range: { from: 5, next: 6 } }];
    expect(await read({ features: [[...records(20), told(5, 6), 'COMMIT', ...markers(7)]] })).toEqual(found);
    expect(await read({ features: [[told(5, 6), 'COMMIT', ...markers(1_000)]] })).toEqual(found);
    const open = [{ partition: 0, fate: 'open', range: { from: 5, next: 6 } }];
    expect(await read({ features: [[told(1, 5), 'COMMIT', ...records(500), told(5, 6)]] })).toEqual(open);
    expect(await read({ features: [[...records(500), told(5, 6)]] })).toEqual(open);
  });

  it('costs one or a few fetches at the end of a log, of the wanted partitions only', async () => {
    const { admin, asked } = logs({ features: [[told(1, 2)], [...records(90), told(5, 7), 'COMMIT']] });
    await lastOutputs({ admin, groupId: GROUP, topics: ['features'], partitions: [1] });
    expect(asked).toEqual(['features/1@84', 'features/1@87', 'features/1@90']);
  });

  it('tells nothing of another group or without its header, and is none where it cannot be read on to the end', async () => {
    const silent = [{ partition: 0, fate: 'committed', range: null }];
    expect(await read({ features: [[told(1, 2, 'tw.drift'), 'COMMIT']] })).toEqual(silent);
    expect(await read({ features: [[told(1, 2), 'COMMIT', 'no range', 'COMMIT']] })).toEqual(silent);
    expect(await read({ features: [[told(1, 2), 'COMMIT', null, null, null, null, 'ABORT']] })).toEqual([]);
    expect(await read({}, [0])).toEqual([]);
  });
});

describe('the header of a range', () => {
  it('names offsets and group, and is read back only by that group', () => {
    const headers = { [OFFSETS_HEADER]: encodeRange({ from: 7, next: 2 ** 50 }, 'a group') };
    expect(decodeRange(headers, 'a group')).toEqual({ from: 7, next: 2 ** 50 });
    expect(decodeRange({ [OFFSETS_HEADER]: Buffer.from('7 8 a group') }, 'a group')).toEqual({
      from: 7,
      next: 8,
    });
    expect(decodeRange(headers, 'a')).toBeNull();
    expect(decodeRange(undefined, 'a group')).toBeNull();
  });
});
