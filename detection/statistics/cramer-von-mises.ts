import { logGamma } from './gamma.js';
import { midRanks } from './ranks.js';
import { type Sample, sorted, type TestResult } from './sample.js';

/**
 * Returns the two-sample Cramer-von Mises statistic T (Anderson 1962, midranks for ties) and its p-value.
 * 'exact' counts the splits of the ranks (Xiao, Gordon and Yakovlev 2007) and is meant for samples of some 20; 'asymptotic' is the limit distribution after matching mean and variance, as
 * scipy, with about 1e-15 of absolute accuracy. Cost O(n log n), exact up to O((nm)^2).
 * @throws RangeError when a sample has fewer than 2 values
 */
export function cramerVonMises(
  a: Sample,
  b: Sample,
  method: 'exact' | 'asymptotic' = 'asymptotic',
): TestResult {
  const first = sorted(a, 2);
  const second = sorted(b, 2);
  const n = first.length;
  const m = second.length;
  const all = n + m;
  const { ranksA, ranksB } = midRanks(first, second);
  const u = n * squaredGaps(ranksA) + m * squaredGaps(ranksB);
  const statistic = u / (n * m * all) - (4 * n * m - 1) / (6 * all);
  if (method === 'exact') return { statistic, p: exactP(u, n, m) };
  const mean = (1 + 1 / all) / 6;
  const variance =
    ((all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m)) / (45 * all * all * 4 * n * m);
  const standardised = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance);
  return { statistic, p: standardised < 0.003 ? 1 : Math.max(0, 1 - limitCdf(standardised)) };
}

function squaredGaps(ranks: Float64Array): number {
  return ranks.reduce((sum, rank, i) => sum + (rank - (i + 1)) ** 2, 0);
}

/** Limit distribution (Csorgo and Faraway 1996, 1.2): a fast series in the Bessel function K of order 1/4. */
function limitCdf(x: number): number {
  let total = 0;
  for (let k = 0; k < 200; k++) {
    const u = Math.exp(logGamma(k + 0.5) - logGamma(k + 1)) / (Math.PI ** 1.5 * Math.sqrt(x));
    const y = 4 * k + 1;
    const term = u * Math.sqrt(y) * dampedBessel((y * y) / (16 * x));
    total += term;
    if (term < 1e-17) break;
  }
  return total;
}

/**
 * exp(-q) K_1/4(q), from the integral of exp(-q (cosh t + 1)) cosh(t / 4) over t >= 0: the trapezoid rule converges
 * exponentially on it, and a step of 0.1 is already at rounding error.
 */
function dampedBessel(q: number): number {
  const step = 0.1;
  let sum = Math.exp(-2 * q) / 2;
  for (let t = step; ; t += step) {
    const term = Math.exp(-q * (Math.cosh(t) + 1)) * Math.cosh(t / 4);
    sum += term;
    if (term < sum * 1e-18 || term === 0) return sum * step;
  }
}

/** Share of the ways to deal the ranks whose U is at least u. Path by path through (i, j): the weights of each partial U. */
function exactP(u: number, n: number, m: number): number {
  const scale = n * m;
  // sum over the path of (i m - j n)^2 is a whole number and grows with U: T = that / (n m (n + m)^2).
  const all = n + m;
  const target = Math.round((u / (scale * all) - (4 * scale - 1) / (6 * all)) * scale * all * all);
  let column: Map<number, number>[] = [];
  for (let i = 0; i <= n; i++) {
    const next: Map<number, number>[] = [];
    for (let j = 0; j <= m; j++) {
      const here = new Map<number, number>();
      const gap = (i * m - j * n) ** 2;
      if (i === 0 && j === 0) here.set(0, 1);
      for (const [from, ways] of [
        [column[j], i / (i + j)],
        [next[j - 1], j / (i + j)],
      ] as const) {
        if (from === undefined || !(ways > 0)) continue;
        for (const [sum, share] of from) here.set(sum + gap, (here.get(sum + gap) ?? 0) + share * ways);
      }
      next.push(here);
    }
    column = next;
  }
  let p = 0;
  for (const [sum, share] of column[m] ?? []) if (sum >= target) p += share;
  return Math.min(1, p);
}
