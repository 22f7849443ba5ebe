import { mean, sampleVariance } from 'simple-statistics';
import type { Sample, TestResult } from './sample.js';
import { studentsTSf } from './students-t.js';

/** Result of Welch's t-test; `df` is Satterthwaite's. */
export interface WelchResult extends TestResult {
  readonly df: number;
}

/**
 * Returns Welch's two-sided t-test of equal means without equal variances; O(n). (simple-statistics' tTestTwoSample assumes equal
 * variances and gives no p-value; its mean and sampleVariance are used.)
 * @throws RangeError when a sample has fewer than 2 values
 */
export function welch(a: Sample, b: Sample): WelchResult {
  if (a.length < 2 || b.length < 2)
    throw new RangeError('comparing means: at least 2 values per sample are needed');
  const first = sampleVariance([...a]) / a.length;
  const second = sampleVariance([...b]) / b.length;
  const statistic = (mean([...a]) - mean([...b])) / Math.sqrt(first + second);
  const df = (first + second) ** 2 / (first ** 2 / (a.length - 1) + second ** 2 / (b.length - 1));
  return { statistic, df, p: Math.min(1, 2 * studentsTSf(Math.abs(statistic), df)) };
}
