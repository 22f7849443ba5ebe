import { upperGamma } from './gamma.js';

/**
 * Returns P(Z > x) of the standard normal with relative accuracy in both tails.
 * simple-statistics' cumulativeStdNormalProbability is a four-digit table (1e-4 off), so the incomplete gamma function serves.
 */
export function normalSf(x: number): number {
  const tail = upperGamma(0.5, (x * x) / 2) / 2;
  return x >= 0 ? tail : 1 - tail;
}

/** Returns P(Z <= x) of the standard normal. @example normalCdf(1.96); // 0.97500... */
export function normalCdf(x: number): number {
  return normalSf(-x);
}

/**
 * Returns x with P(Z <= x) = p: Abramowitz and Stegun 26.2.23 as the start, then Halley steps on our own cdf
 * (simple-statistics' probit stops at three digits).
 * @param p 0..1; 0 and 1 give -Infinity and Infinity
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (!(p < 1)) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  let x = t - top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const error = (normalSf(x) - tail) / density;
    x += error / (1 - (x * error) / 2);
  }
  return p < 0.5 ? -x : x;
}
