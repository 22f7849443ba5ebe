import { countBelow, countUpTo, distinctValues, type Sample, sorted, type TestResult } from './sample.js';

/**
 * Returns the normalised k-sample Anderson-Darling statistic (Scholz and Stephens 1987) and its p-value.
 * 'midrank' counts ties half on each side (their equation 7), 'right' takes the right-continuous empirical distribution (equation 6).
 * The p-value is interpolated in the paper's table of seven significance points, so it lies in [0.001, 0.25]: the ends mean "at most" and "at least". Cost O(n log n).
 * @throws RangeError with fewer than 2 samples, an empty one, or when all values are equal
 */
export function andersonDarling(
  samples: readonly Sample[],
  variant: 'midrank' | 'right' = 'midrank',
): TestResult {
  if (samples.length < 2)
    throw new RangeError(`comparing samples: at least 2 are needed, got ${samples.length}`);
  const groups = samples.map((sample) => sorted(sample));
  const values = distinctValues(...groups);
  if (values.length < 2) throw new RangeError('comparing samples: all values are equal');
  const raw = variant === 'midrank' ? midrankSum(groups, values) : rightSum(groups, values);
  const m = groups.length - 1;
  const statistic = (raw - m) / Math.sqrt(variance(groups));
  return { statistic, p: tableP(statistic, m) };
}

function midrankSum(groups: readonly Float64Array[], values: Float64Array): number {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  let result = 0;
  for (const group of groups) {
    let inner = 0;
    for (const x of values) {
      const below = groups.reduce((sum, other) => sum + countBelow(other, x), 0);
      const here = groups.reduce((sum, other) => sum + countUpTo(other, x), 0) - below;
      const middle = below + here / 2;
      const own = (countBelow(group, x) + countUpTo(group, x)) / 2;
      const weight = middle * (total - middle) - (total * here) / 4;
      inner += ((here / total) * (total * own - middle * group.length) ** 2) / weight;
    }
    result += inner / group.length;
  }
  return (result * (total - 1)) / total;
}

function rightSum(groups: readonly Float64Array[], values: Float64Array): number {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  let result = 0;
  for (const group of groups) {
    let inner = 0;
    for (const x of values.subarray(0, -1)) {
      const upTo = groups.reduce((sum, other) => sum + countUpTo(other, x), 0);
      const here = upTo - groups.reduce((sum, other) => sum + countBelow(other, x), 0);
      const own = countUpTo(group, x);
      inner += ((here / total) * (total * own - upTo * group.length) ** 2) / (upTo * (total - upTo));
    }
    result += inner / group.length;
  }
  return result;
}

/** Variance of the raw statistic when nothing differs: equation 4 of the paper, its letters kept. */
function variance(groups: readonly Float64Array[]): number {
  const k = groups.length;
  const n = groups.reduce((sum, group) => sum + group.length, 0);
  const H = groups.reduce((sum, group) => sum + 1 / group.length, 0);
  let h = 0;
  let g = 0;
  for (let i = 1; i <= n - 2; i++) {
    h += 1 / (n - i);
    g += h / (i + 1);
  }
  h += 1;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * H;
  const b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * H - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * H + 4 * h;
  const d = (2 * h + 6) * k * k - 4 * h * k;
  return (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
}

const SIGNIFICANCE = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085];
const B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615];
const B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];

/** Quadratic least-squares fit of ln(significance) over the critical values, as scipy reads the paper's table. */
function tableP(statistic: number, m: number): number {
  const critical = B0.map((b0, i) => b0 + (B1[i] ?? 0) / Math.sqrt(m) + (B2[i] ?? 0) / m);
  if (statistic < (critical[0] ?? 0)) return 0.25;
  if (statistic > (critical[critical.length - 1] ?? 0)) return 0.001;
  const [c0, c1, c2] = quadraticFit(critical, SIGNIFICANCE.map(Math.log));
  return Math.exp(c0 + statistic * (c1 + statistic * c2));
}

function quadraticFit(x: readonly number[], y: readonly number[]): [number, number, number] {
  // Discrete orthogonal polynomials: the normal equations of raw powers would lose digits.
  const sum = (term: (i: number) => number): number => x.reduce((total, _, i) => total + term(i), 0);
  const at = (list: readonly number[], i: number): number => list[i] ?? 0;
  const n = x.length;
  const m1 = sum((i) => at(x, i)) / n;
  const p1 = x.map((v) => v - m1);
  const s1 = sum((i) => at(p1, i) ** 2);
  const m2 = sum((i) => at(x, i) * at(p1, i) ** 2) / s1;
  const p2 = x.map((v, i) => (v - m2) * at(p1, i) - s1 / n);
  const a0 = sum((i) => at(y, i)) / n;
  const a1 = sum((i) => at(y, i) * at(p1, i)) / s1;
  const a2 = sum((i) => at(y, i) * at(p2, i)) / sum((i) => at(p2, i) ** 2);
  return [a0 - a1 * m1 + a2 * (m1 * m2 - s1 / n), a1 - a2 * (m1 + m2), a2];
}
