import { quantiles } from './quantile.js';
import { countUpTo, type Sample, sorted } from './sample.js';

/** A share is never taken as smaller: one empty bin must not make the index infinite. */
const SMALLEST_SHARE = 1e-4;

/** Population stability index and the bins that it was counted in. */
export interface PsiResult {
  readonly psi: number;
  /** Upper edges (inclusive) of all bins but the last. */
  readonly edges: readonly number[];
  readonly expected: readonly number[];
  readonly actual: readonly number[];
}

/**
 * Returns the population stability index of `b` against the bins between the deciles of `a` (repeated ones once): sum of (q - p) ln(q / p),
 * shares floored at 1e-4. 0 = same; credit scoring calls > 0.25 a shift, real hosts pass that without changing. O(n log n).
 * @throws RangeError when a sample is empty
 */
export function populationStabilityIndex(a: Sample, b: Sample): PsiResult {
  const deciles = quantiles(a, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  const edges = deciles.filter((edge, i) => i === 0 || edge !== deciles[i - 1]);
  const expected = binCounts(sorted(a), edges);
  const actual = binCounts(sorted(b), edges);
  return { psi: psiOfCounts(expected, actual), edges, expected, actual };
}

/** Returns the index from counts in the same bins; 0 when a side is empty. O(bins). */
export function psiOfCounts(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  let expectedRows = 0;
  let actualRows = 0;
  for (let i = 0; i < expected.length; i++) {
    expectedRows += expected[i] ?? 0;
    actualRows += actual[i] ?? 0;
  }
  if (expectedRows === 0 || actualRows === 0) return 0;
  let psi = 0;
  for (let i = 0; i < expected.length; i++) {
    const p = Math.max((expected[i] ?? 0) / expectedRows, SMALLEST_SHARE);
    const q = Math.max((actual[i] ?? 0) / actualRows, SMALLEST_SHARE);
    psi += (q - p) * Math.log(q / p);
  }
  return psi;
}

function binCounts(ascending: Float64Array, edges: readonly number[]): number[] {
  let before = 0;
  const counts = edges.map((edge) => {
    const upTo = countUpTo(ascending, edge);
    const count = upTo - before;
    before = upTo;
    return count;
  });
  return [...counts, ascending.length - before];
}
