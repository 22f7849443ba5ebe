import { quantiles } from './quantile.js';
import type { Sample } from './sample.js';

/**
 * Returns Tukey's fences [q25 - k IQR, q75 + k IQR] with linear quantiles (simple-statistics' interquartileRange does not interpolate).
 * @param k width, 1.5 by convention
 * @throws RangeError when there are no values
 */
export function iqrFences(values: Sample, k = 1.5): [number, number] {
  const [low = Number.NaN, high = Number.NaN] = quantiles(values, [0.25, 0.75]);
  return [low - k * (high - low), high + k * (high - low)];
}
