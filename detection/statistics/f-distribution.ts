import { incompleteBeta } from './incomplete-beta.js';

/**
 * Returns P(X > x) of the F distribution with relative accuracy in the tail.
 * @param x >= 0
 * @param df1 > 0, of the numerator
 * @param df2 > 0, of the denominator
 * @example fSf(1, 1, 10); // 0.3408...
 */
export function fSf(x: number, df1: number, df2: number): number {
  return incompleteBeta(df2 / (df2 + df1 * x), df2 / 2, df1 / 2);
}
