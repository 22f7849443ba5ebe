import { gammaln } from 'simple-statistics';

/** Returns ln Gamma(x) for x > 0. simple-statistics' Lanczos sum is right to 1e-15 against scipy. */
export function logGamma(x: number): number {
  return gammaln(x);
}

const EPSILON = 1e-16;
const TINY = 1e-300;
const MAX_TERMS = 10_000;

/**
 * Returns the regularised upper incomplete gamma function Q(a, x) = Gamma(a, x) / Gamma(a), 0..1, with relative accuracy in
 * its tail: series of P below a + 1, Lentz's continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31). simple-statistics has none.
 * @param a > 0
 * @param x >= 0
 * @example upperGamma(1, 2); // exp(-2) = 0.1353...
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** Returns P(a, x) = 1 - Q(a, x) with relative accuracy near 0. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MAX_TERMS && term > sum * EPSILON; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction * Math.exp(a * Math.log(x) - x - logGamma(a));
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
