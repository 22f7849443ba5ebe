import { type Sample, sorted } from './sample.js';

/**
 * Returns the p quantile of ascending values by linear interpolation (numpy's default, Hyndman and Fan 1996 type 7); NaN when empty. O(1).
 * simple-statistics' quantile does not interpolate (it takes the next value, or the mean of two), so it differs unless p (n - 1) is whole.
 * @param p 0..1
 * @example linearQuantile(Float64Array.of(0, 10), 0.25); // 2.5
 */
export function linearQuantile(ascending: Float64Array, p: number): number {
  const position = p * (ascending.length - 1);
  const low = Math.floor(position);
  const from = ascending[low];
  if (from === undefined) return Number.NaN;
  return from + ((ascending[low + 1] ?? from) - from) * (position - low);
}

/** Returns several quantiles (linear) of values in any order; O(n log n). @throws RangeError when there are no values */
export function quantiles(values: Sample, levels: readonly number[]): number[] {
  const ascending = sorted(values);
  return levels.map((p) => linearQuantile(ascending, p));
}
