import { countBelow, countUpTo } from './sample.js';

/** Ranks (1-based, ties share their mean) of two ascending samples in their union. */
export interface PooledRanks {
  readonly ranksA: Float64Array;
  readonly ranksB: Float64Array;
}

/** Returns the midranks of both ascending samples; O(n log n). simple-statistics' wilcoxonRankSum keeps its ranks to itself. */
export function midRanks(a: Float64Array, b: Float64Array): PooledRanks {
  const rank = (x: number): number =>
    (countBelow(a, x) + countBelow(b, x) + 1 + countUpTo(a, x) + countUpTo(b, x)) / 2;
  return { ranksA: a.map(rank), ranksB: b.map(rank) };
}
