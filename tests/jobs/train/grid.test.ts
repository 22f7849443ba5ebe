import { describe, expect, it } from 'vitest';
import { bestCandidate, gridAround, nearestToAsked } from '../../../jobs/train/grid.js';
import { chronologicalSplit } from '../../../jobs/train/split.js';

const own = { trees: 100, contamination: 0.015 };

describe('gridAround', () => {
  it('holds the asked-for values and the own ones, each once', () => {
    expect(gridAround(own, { trees: false, contamination: false })).toEqual({
      trees: [50, 100, 200],
      contaminations: [0.01, 0.015, 0.05, 0.1],
    });
  });

  it('does not search what somebody has fixed', () => {
    expect(gridAround(own, { trees: true, contamination: true })).toEqual({
      trees: [100],
      contaminations: [0.015],
    });
  });
});

describe('bestCandidate', () => {
  const candidate = (trees: number, contamination: number, f1: number, affordable = true) => ({
    trees,
    contamination,
    f1,
    affordable,
  });

  it('stays with the own values when the lead is within one standard error', () => {
    const candidates = [candidate(100, 0.015, 0.5), candidate(200, 0.05, 0.54)];
    expect(bestCandidate(candidates, own, 100)).toBe(candidates[0]);
    expect(bestCandidate(candidates, own, 1000)).toBe(candidates[1]);
  });

  it('takes the faster and calmer one of equals, and none that may not be chosen', () => {
    const candidates = [
      candidate(200, 0.01, 0.8),
      candidate(50, 0.05, 0.8),
      candidate(50, 0.01, 0.8),
      candidate(50, 0.1, 0.9, false),
    ];
    expect(bestCandidate(candidates, own, 100)).toBe(candidates[2]);
    expect(bestCandidate([candidate(50, 0.1, 0.9, false)], own, 100)).toBeNull();
  });
});

describe('nearestToAsked', () => {
  it('has of each number of trees the largest contamination that may be chosen, and none where none may', () => {
    const [low, high, wide] = [0.01, 0.015, 0.05].map((contamination) => ({
      ...{ trees: 100, contamination, f1: 1 - contamination },
      affordable: contamination < 0.05,
    }));
    const other = { trees: 200, contamination: 0.01, f1: 0.5, affordable: false };
    if (low === undefined || high === undefined || wide === undefined) return expect.fail('no candidates');
    expect(nearestToAsked([high, low, wide, other])).toEqual([high]);
  });
});

describe('chronologicalSplit', () => {
  it('cuts at 70 and 85 %, with a gap as long as the longest window', () => {
    expect(chronologicalSplit(10_000)).toEqual({
      train: { from: 0, to: 7000 },
      validation: { from: 7100, to: 8500 },
      test: { from: 8600, to: 10_000 },
    });
  });

  it('gives up at most a quarter of a short part', () => {
    expect(chronologicalSplit(1000).validation).toEqual({ from: 737, to: 850 });
  });
});
