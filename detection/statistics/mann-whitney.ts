import { normalSf } from './normal.js';
import { midRanks } from './ranks.js';
import { countUpTo, distinctValues, type Sample, sorted } from './sample.js';

/** Result of the Mann-Whitney test. */
export interface MannWhitneyResult {
  /** U of the first sample: pairs in which its value is the larger, ties one half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Returns U and its two-sided p-value. 'exact' (no ties: the caller sees to it) by the recurrence of Mann and Whitney (1947), O((nm)^2), for n m up to some 10,000; 'asymptotic' by the
 * normal with tie correction and a continuity correction of 1/2, as scipy.
 * @throws RangeError when a sample is empty
 * @example mannWhitney([1, 2], [3, 4], 'exact'); // { u: 0, p: 1/3 }
 */
export function mannWhitney(
  a: Sample,
  b: Sample,
  method: 'exact' | 'asymptotic' = 'asymptotic',
): MannWhitneyResult {
  const first = sorted(a);
  const second = sorted(b);
  const n = first.length;
  const m = second.length;
  const rankSum = midRanks(first, second).ranksA.reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (n * (n + 1)) / 2;
  if (method === 'exact')
    return { u, p: Math.min(1, 2 * shareUpTo(Math.floor(Math.min(u, n * m - u)), n, m)) };
  const all = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - tieTerm(first, second) / (all * (all - 1))));
  if (deviation === 0) return { u, p: 1 };
  const z = (Math.max(u, n * m - u) - (n * m) / 2 - 0.5) / deviation;
  return { u, p: Math.min(1, 2 * normalSf(z)) };
}

/** Sum of t^3 - t over the groups of equal values. */
function tieTerm(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  let before = 0;
  for (const x of distinctValues(a, b)) {
    const upTo = countUpTo(a, x) + countUpTo(b, x);
    const t = upTo - before;
    sum += t * t * t - t;
    before = upTo;
  }
  return sum;
}

/** P(U <= limit): from positive terms only, so that tiny tails keep their digits. */
function shareUpTo(limit: number, n: number, m: number): number {
  let rows: Float64Array[] = Array.from({ length: m + 1 }, () => new Float64Array(limit + 1));
  for (const row of rows) row[0] = 1;
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [];
    for (let j = 0; j <= m; j++) {
      const row = new Float64Array(limit + 1);
      const shorter = rows[j] as Float64Array;
      const left = next[j - 1];
      // The largest value is of the first sample (and beats j of the second), or of the second.
      for (let u = 0; u <= limit; u++) {
        const beaten = u >= j ? i * (shorter[u - j] as number) : 0;
        row[u] = (beaten + (left === undefined ? 0 : j * (left[u] as number))) / (i + j);
      }
      next.push(row);
    }
    rows = next;
  }
  return Math.min(
    1,
    (rows[m] as Float64Array).reduce((sum, share) => sum + share, 0),
  );
}
