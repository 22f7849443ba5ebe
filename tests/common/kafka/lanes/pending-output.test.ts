import { describe, expect, it } from 'vitest';
import { PendingOutput } from '../../../../common/kafka/lanes/pending-output.js';

describe('PendingOutput', () => {
  it('keeps the order of a partition and never puts more than a batch of one partition into a round', () => {
    const pending = new PendingOutput();
    for (let index = 0; index < 30; index += 1)
      pending.add('t', 0, { key: String(index), value: Buffer.alloc(100 * 1024) });
    const rounds = pending.rounds();
    expect(
      rounds.flatMap((round) => round.flatMap(({ messages }) => messages.map(({ key }) => Number(key)))),
    ).toEqual(Array.from({ length: 30 }, (_, index) => index));
    for (const round of rounds) expect(round.length).toBe(1);
    expect(Math.max(...rounds.map((round) => round[0]?.messages.length ?? 0))).toBeLessThanOrEqual(7);
  });

  it('puts several topics and partitions into one round', () => {
    const pending = new PendingOutput();
    pending.add('a', 0, { value: 'x' });
    pending.add('a', 1, { value: 'y' });
    pending.add('b', 0, { value: 'z' });
    expect(pending.rounds()).toHaveLength(1);
    expect(pending.records).toBe(3);
  });

  it('adds a header to the last record of each topic and partition, in its last round', () => {
    const pending = new PendingOutput();
    pending.add('a', 0, { value: Buffer.alloc(600_000), headers: { id: '1' } });
    pending.add('a', 0, { value: Buffer.alloc(600_000), headers: { id: '2' } });
    pending.add('a', 3, { value: 'y' });
    pending.add('b', 0, { value: 'z' });
    pending.markLast('next', (topic, partition) => (topic === 'a' ? `of ${partition}` : null));
    expect(pending.rounds().map((round) => round[0]?.messages.map(({ headers }) => headers))).toEqual([
      [{ id: '1' }, { next: 'of 3' }],
      [{ id: '2', next: 'of 0' }],
    ]);
    expect(pending.rounds()[0]?.[1]?.messages).toEqual([{ value: 'z' }]);
  });

  it('lets a single record that is larger than a batch stand alone', () => {
    const pending = new PendingOutput();
    pending.add('a', 0, { value: 'small' });
    pending.add('a', 0, { value: Buffer.alloc(2_000_000) });
    expect(pending.rounds().map((round) => round[0]?.messages.length)).toEqual([1, 1]);
  });
});
