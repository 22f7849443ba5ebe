import { describe, expect, it } from 'vitest';
import {
  type GroupPosition,
  PartitionPositions,
} from '../../../../common/kafka/delivery/partition-positions.js';
import { silentLogger } from '../../../../common/log.js';

const at = (committed: number, low = 0): GroupPosition => ({
  topic: 't',
  partition: 0,
  committed,
  low,
  end: 1_000,
});

/** Positions over a group whose offsets are changed by hand, and how often they were read. */
function setUp(first: GroupPosition) {
  const group = { now: first, reads: 0, fail: false };
  const positions = new PartitionPositions(() => {
    group.reads += 1;
    return group.fail ? Promise.reject(new Error('broker away')) : Promise.resolve([group.now]);
  }, silentLogger());
  return { group, positions };
}

describe('PartitionPositions', () => {
  it("expects the group's offset, whatever kafkajs fetched", async () => {
    const { positions } = setUp(at(35_000));
    const position = await positions.of('t', 0, 13_000);
    expect(position?.check(13_000, 13_499)).toEqual({ kind: 'done' });
    expect(position?.check(34_900, 35_100)).toEqual({ kind: 'use', from: 35_000 });
    expect(position?.check(36_000, 36_100)).toEqual({ kind: 'ahead', to: 35_000 });
  });

  it('starts where the first fetch did when the group never committed', async () => {
    const { positions } = setUp(at(-1));
    expect((await positions.of('t', 0, 17))?.next).toBe(17);
  });

  it('starts at the oldest record when retention has overtaken the group', async () => {
    const { positions } = setUp(at(10, 40));
    expect((await positions.of('t', 0, 40))?.next).toBe(40);
  });

  it('reads the offsets once in a generation and again in the next', async () => {
    const { positions, group } = setUp(at(5));
    (await positions.of('t', 0, 5))?.advance(9);
    expect((await positions.of('t', 0, 10))?.next).toBe(10);
    expect(group.reads).toBe(1);
    group.now = at(7);
    positions.reset();
    expect((await positions.of('t', 0, 10))?.next).toBe(7);
    expect(group.reads).toBe(2);
  });

  it('gives no position to a batch from before a rebalance', async () => {
    const { positions } = setUp(at(5));
    const asked = positions.of('t', 0, 5);
    positions.reset();
    expect(await asked).toBeNull();
  });

  it('moves on over batches that kafkajs skips, control and aborted records', async () => {
    const { positions } = setUp(at(5));
    const position = await positions.of('t', 0, 5);
    position?.advance(5);
    expect(await positions.skip({ topic: 't', partition: 0, fetchedAt: 6, last: 6 })).toBeNull();
    expect(position?.check(7, 8)).toEqual({ kind: 'use', from: 7 });
  });

  it('does not move on over a skipped batch from elsewhere: what lies before it would never be delivered', async () => {
    const { positions } = setUp(at(5));
    // The first of the generation, and one whose position is known already.
    expect(await positions.skip({ topic: 't', partition: 0, fetchedAt: 20, last: 30 })).toBe(5);
    expect(await positions.skip({ topic: 't', partition: 0, fetchedAt: 31, last: 40 })).toBe(5);
    expect((await positions.of('t', 0, 41))?.check(41, 50)).toEqual({ kind: 'ahead', to: 5 });
  });

  it('keeps one position for batches that wait for the same answer', async () => {
    const { positions } = setUp(at(5));
    const [skipped, position] = await Promise.all([
      positions.skip({ topic: 't', partition: 0, fetchedAt: 5, last: 6 }),
      positions.of('t', 0, 7),
    ]);
    expect(skipped).toBeNull();
    expect(position?.check(7, 8)).toEqual({ kind: 'use', from: 7 });
  });

  it('asks again after a failure', async () => {
    const { positions, group } = setUp(at(5));
    group.fail = true;
    await expect(positions.of('t', 0, 5)).rejects.toThrow('broker away');
    group.fail = false;
    expect((await positions.of('t', 0, 5))?.next).toBe(5);
  });
});
