import { chiSquaredSf } from './chi-squared.js';
import type { TestResult } from './sample.js';

/** Result of a chi-square test. */
export interface ChiSquareResult extends TestResult {
  readonly df: number;
}

/**
 * Returns Pearson's test that rows and columns of a table of counts are independent; p from the chi-squared limit. Yates' correction (at most 1/2 towards the expectation)
 * applies to one degree of freedom, as scipy. simple-statistics only tests a fit against a distribution function, by table.
 * @throws RangeError when a row or column sums to 0, or the table is smaller than 2 x 2
 */
export function chiSquareContingency(table: readonly (readonly number[])[], yates = true): ChiSquareResult {
  const columns = (table[0] ?? []).map((_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  if (rows.length < 2 || columns.length < 2 || [...rows, ...columns].some((sum) => !(sum > 0))) {
    throw new RangeError('testing a table of counts: at least 2 x 2 and no empty row or column');
  }
  const total = rows.reduce((sum, count) => sum + count, 0);
  const df = (rows.length - 1) * (columns.length - 1);
  let statistic = 0;
  for (const [i, row] of table.entries()) {
    for (const [j, column] of columns.entries()) {
      const expected = ((rows[i] ?? 0) * column) / total;
      const gap = Math.abs((row[j] ?? 0) - expected);
      const corrected = yates && df === 1 ? gap - Math.min(0.5, gap) : gap;
      statistic += (corrected * corrected) / expected;
    }
  }
  return { statistic, df, p: chiSquaredSf(statistic, df) };
}

/**
 * Returns Pearson's goodness of fit of counts against expected counts of the same sum.
 * @throws RangeError when the lengths differ or an expectation is not positive
 */
export function chiSquareFit(observed: readonly number[], expected: readonly number[]): ChiSquareResult {
  if (observed.length !== expected.length || observed.length < 2 || expected.some((e) => !(e > 0))) {
    throw new RangeError('testing a fit: as many observed as expected counts, at least 2, all expected > 0');
  }
  const statistic = observed.reduce(
    (sum, count, i) => sum + (count - (expected[i] ?? 1)) ** 2 / (expected[i] ?? 1),
    0,
  );
  const df = observed.length - 1;
  return { statistic, df, p: chiSquaredSf(statistic, df) };
}
