import { incompleteBeta } from './incomplete-beta.js';

/** Returns P(T > x) of Student's t with `df` > 0 (not only whole) degrees of freedom, with relative accuracy in the tail. */
export function studentsTSf(x: number, df: number): number {
  const square = x * x;
  // Two forms of one number: the second would lose its argument to rounding near the centre, the first its digits in the tail.
  const both =
    square < 1
      ? 1 - incompleteBeta(square / (df + square), 0.5, df / 2)
      : incompleteBeta(df / (df + square), df / 2, 0.5);
  return x >= 0 ? both / 2 : 1 - both / 2;
}

/** Returns P(T <= x). @example studentsTCdf(1, 1); // 0.75 */
export function studentsTCdf(x: number, df: number): number {
  return studentsTSf(-x, df);
}

/**
 * Returns x with P(T <= x) = p, by bisection on the tail probability (about 70 evaluations).
 * @param p 0..1; 0 and 1 give -Infinity and Infinity
 */
export function studentsTQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (!(p < 1)) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  const tail = Math.min(p, 1 - p);
  let high = 1;
  while (studentsTSf(high, df) > tail) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentsTSf(middle, df) > tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? -high : high;
}
