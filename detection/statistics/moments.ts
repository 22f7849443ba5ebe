import { sampleStandardDeviation, mean as simpleMean, standardDeviation } from 'simple-statistics';
import type { Sample } from './sample.js';

/** Location, spread and shape of a sample. */
export interface Moments {
  readonly mean: number;
  /** Population standard deviation (divided by n). */
  readonly standardDeviation: number;
  /** Sample standard deviation (divided by n - 1); NaN for one value. */
  readonly sampleStandardDeviation: number;
  /** Fisher-Pearson g1, biased as scipy's default; 0 for a constant. */
  readonly skewness: number;
  /** Excess kurtosis g2, biased as scipy's default; 0 for a constant. */
  readonly kurtosis: number;
}

/**
 * Returns the moments of a sample; O(n). Mean and deviations are simple-statistics' (compensated sums); its sampleSkewness and sampleKurtosis are the bias-adjusted G1 and
 * G2, 1.5 % and 14 % away from g1 and g2 at n = 101, and refuse small samples, so these two are ours.
 * @throws Error when there are no values
 */
export function moments(values: Sample): Moments {
  const list = [...values];
  const mean = simpleMean(list);
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const x of list) {
    const square = (x - mean) ** 2;
    second += square;
    third += square * (x - mean);
    fourth += square * square;
  }
  const n = list.length;
  const variance = second / n;
  return {
    mean,
    standardDeviation: standardDeviation(list),
    sampleStandardDeviation: n > 1 ? sampleStandardDeviation(list) : Number.NaN,
    skewness: variance > 0 ? third / n / variance ** 1.5 : 0,
    kurtosis: variance > 0 ? fourth / n / variance ** 2 - 3 : 0,
  };
}
