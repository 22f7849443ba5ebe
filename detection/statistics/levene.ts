import { fSf } from './f-distribution.js';
import { linearQuantile } from './quantile.js';
import { type Sample, sorted, type TestResult } from './sample.js';

/** What the deviations are taken from: the median (Brown and Forsythe 1974), the mean (Levene 1960), the mean without 5 % at each end. */
export type LeveneCenter = 'median' | 'mean' | 'trimmed';

const TRIM_SHARE = 0.05;

/**
 * Returns Levene's test of equal spread: the F statistic of the absolute deviations from each group's centre. The trimmed values are left out of the
 * centre only, as in scipy 1.17. Cost O(n log n).
 * @throws RangeError with fewer than 2 samples or an empty one
 */
export function levene(samples: readonly Sample[], center: LeveneCenter = 'median'): TestResult {
  if (samples.length < 2)
    throw new RangeError(`comparing spreads: at least 2 samples are needed, got ${samples.length}`);
  const groups = samples.map((sample) => deviations(sample, center));
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const means = groups.map(average);
  const grand = groups.reduce((sum, group, i) => sum + group.length * (means[i] ?? 0), 0) / total;
  const between = groups.reduce((sum, group, i) => sum + group.length * ((means[i] ?? 0) - grand) ** 2, 0);
  const within = groups.reduce(
    (sum, group, i) => sum + group.reduce((inner, z) => inner + (z - (means[i] ?? 0)) ** 2, 0),
    0,
  );
  const df1 = groups.length - 1;
  const df2 = total - groups.length;
  const statistic = (df2 * between) / (df1 * within);
  return { statistic, p: fSf(statistic, df1, df2) };
}

function deviations(sample: Sample, center: LeveneCenter): Float64Array {
  const ascending = sorted(sample);
  const cut = center === 'trimmed' ? Math.floor(ascending.length * TRIM_SHARE) : 0;
  const kept = ascending.subarray(cut, ascending.length - cut);
  const middle = center === 'median' ? linearQuantile(kept, 0.5) : average(kept);
  return ascending.map((x) => Math.abs(x - middle));
}

function average(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
