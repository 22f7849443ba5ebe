import type { Assigner, Cluster } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { laneAssigner } from '../../../../common/kafka/lanes/lane-assigner.js';

const { AssignerProtocol } = loadPatchedKafkajs();
const TOPICS = ['metrics', 'state'];

/** The one method that an assigner asks of kafkajs's cluster: every topic has eight partitions. */
const cluster = {
  findTopicPartitionMetadata: () => Array.from({ length: 8 }, (_, partitionId) => ({ partitionId })),
} as unknown as Cluster;

function assigner(lanes: number, owned: readonly number[] = []): Assigner {
  return laneAssigner(lanes, () => owned)({ cluster, groupId: 'g', logger: undefined as never });
}

function member(memberId: string, memberMetadata: Buffer) {
  return { memberId, memberMetadata };
}

async function assigned(lanes: number, members: readonly ReturnType<typeof member>[]) {
  const assignments = await assigner(lanes).assign({ members: [...members], topics: TOPICS });
  return new Map(
    assignments.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {},
    ]),
  );
}

describe('laneAssigner', () => {
  it('gives the same partitions of every topic to one member, each partition once', async () => {
    const join = (id: string) => member(id, assigner(3).protocol({ topics: TOPICS }).metadata);
    const shares = [...(await assigned(3, [join('a'), join('b')])).values()];
    for (const share of shares) expect(share['metrics']).toEqual(share['state']);
    expect(shares.flatMap((share) => share['metrics'] ?? []).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps lanes where the metadata of the members says they are', async () => {
    const join = (id: string, owned: number[]) =>
      member(id, assigner(2, owned).protocol({ topics: TOPICS }).metadata);
    const shares = await assigned(2, [join('a', [1]), join('b', [0])]);
    expect(shares.get('a')?.['metrics']).toEqual([1, 3, 5, 7]);
    expect(shares.get('b')?.['metrics']).toEqual([0, 2, 4, 6]);
  });

  it('takes a claim that it cannot read for none', async () => {
    const claim = (text: string) =>
      AssignerProtocol.MemberMetadata.encode({ version: 1, topics: TOPICS, userData: Buffer.from(text) });
    const shares = await assigned(2, [
      member('a', claim('not JSON')),
      member('b', claim('{"lanes":[0]}')),
      member('c', claim('["x",99,null]')),
    ]);
    expect([...shares.values()].flatMap((share) => share['metrics'] ?? []).sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('has a name of its own for each number of lanes, so that a group refuses a member with another', () => {
    expect(assigner(2).name).not.toBe(assigner(3).name);
  });
});
