import { describe, expect, it } from 'vitest';
import { type GroupOffset, settle } from '../../../../common/kafka/lanes/forgotten-transaction.js';
import type { LastOutput } from '../../../../common/kafka/lanes/last-outputs.js';

const output = (partition: number, fate: LastOutput['fate'], from: number, next: number): LastOutput => ({
  partition,
  fate,
  range: { from, next },
});
const offsets = (...values: readonly number[]) =>
  new Map(
    values.map((start, partition) => [
      partition,
      { committed: start, start, isOurs: true } satisfies GroupOffset,
    ]),
  );

describe('settling a transaction whose end markers were forgotten', () => {
  it('is nothing to do where all is as it should be', () => {
    const outputs = [output(0, 'committed', 5, 9), output(1, 'committed', 2, 3)];
    expect(settle(outputs, offsets(9, 7))).toEqual({ end: 'nothing', next: new Map() });
    expect(settle([], offsets(9))).toEqual({ end: 'nothing', next: new Map() });
  });

  it('aborts a transaction of which nothing has been seen: it will be done again', () => {
    const outputs = [output(0, 'open', 9, 12), output(1, 'open', 7, 8)];
    expect(settle(outputs, offsets(9, 7))).toEqual({ end: 'abort', next: new Map() });
  });

  it('commits the rest where results are visible, and goes on behind all of them', () => {
    const outputs = [output(0, 'committed', 9, 12), output(0, 'open', 9, 12), output(1, 'open', 7, 8)];
    const next = new Map([
      [0, 12],
      [1, 8],
    ]);
    expect(settle(outputs, offsets(9, 7))).toEqual({ end: 'commit', next });
  });

  it('commits the results of which only the offset is committed', () => {
    const outputs = [output(0, 'open', 9, 12), output(1, 'committed', 3, 7)];
    expect(settle(outputs, offsets(12, 7))).toEqual({ end: 'commit', next: new Map() });
  });

  it('believes no older output, whatever a group’s offset has been set to', () => {
    const quiet = [output(0, 'committed', 900, 950)];
    expect(settle(quiet, offsets(20))).toEqual({ end: 'nothing', next: new Map() });
    const set = new Map([[0, { committed: 900, start: 900, isOurs: false }]]);
    expect(settle(quiet, set)).toEqual({ end: 'nothing', next: new Map() });
    expect(settle(quiet, new Map())).toEqual({ end: 'nothing', next: new Map() });
  });

  it('aborts what is open and tells nothing, such as dead letters, but commits it with the rest', () => {
    const letter: LastOutput = { partition: 0, fate: 'open', range: null };
    expect(settle([letter, output(0, 'committed', 5, 9)], offsets(9))).toEqual({
      end: 'abort',
      next: new Map(),
    });
    const next = new Map([[0, 9]]);
    expect(settle([letter, output(0, 'committed', 5, 9)], offsets(5))).toEqual({ end: 'commit', next });
  });

  it('takes an open transaction for decided only by an offset of its own: not by one that was set, nor by the start of the log', () => {
    const open = [output(0, 'open', 5, 12)];
    for (const group of [
      { committed: 20, start: 20, isOurs: false },
      { committed: 5, start: 15, isOurs: true },
      { committed: -1, start: 15, isOurs: true },
    ])
      expect(settle(open, new Map([[0, group]])).end).toBe('abort');
  });
});
