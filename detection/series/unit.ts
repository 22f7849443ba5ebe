/** Under this a series is constant: a hundredth of the smallest numbers of all is 0, and nothing can be divided by it. */
const LEAST_UNIT = 1e-300;

/** Quantiles of a series' readings. */
export interface ReadingQuantiles {
  /** At 0.1 %. */
  readonly low: number;
  readonly median: number;
  /** At 99.9 %. */
  readonly high: number;
}

/**
 * Returns the unit of a series, in which all floors are given: max(q99.9 - q0.1, 0.1 |median|), 1 where that is 0 or as good as 0. At least
 * 1e-300; finite for readings within +-1e150. So scores do not depend on what a metric is measured in.
 */
export function unitOf({ low, median, high }: ReadingQuantiles): number {
  const unit = Math.max(high - low, 0.1 * Math.abs(median));
  return unit < LEAST_UNIT ? 1 : unit;
}
