import { upperGamma } from './gamma.js';

/**
 * Returns P(X > x) of the chi-squared distribution. simple-statistics only has a table of critical values.
 * @param x >= 0
 * @param df > 0
 * @example chiSquaredSf(3.84, 1); // 0.0500...
 */
export function chiSquaredSf(x: number, df: number): number {
  return upperGamma(df / 2, x / 2);
}
