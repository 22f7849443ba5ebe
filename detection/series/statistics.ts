import type { PublishedBaseline } from './baseline.js';
import { flooredDeviation } from './long-run-moments.js';
import { isWarm, RING_POINTS, type SeriesState } from './series-state.js';
import { tailSurprise } from './tail-table.js';

/** |z| is clipped here, to stay finite. The methods count it up to 30; explanations rank by what lies beyond. */
export const MAX_ZSCORE = 1e6;

/** One number about one point of a series, as it stands in the features record. */
export interface SeriesStatistic {
  readonly name: string;
  /** Points that it looks back over, the current one included; 0 = the gated history of the series. */
  readonly window: number;
  /**
   * Returns the statistic of the point `x` that is not learnt yet; finite, never changes the series, allocates nothing.
   * @param x finite, |x| <= 1e150
   * @param baseline the published baseline in use, null when there is none
   */
  readonly compute: (series: SeriesState, x: number, baseline: PublishedBaseline | null) => number;
}

/** The statistics of every metric, in the order of the features record. Another statistic is one more line. */
export const STATISTICS: readonly SeriesStatistic[] = [
  { name: 'mean', window: 10, compute: (series, x) => windowMean(series, x, 10) },
  { name: 'standardDeviation', window: 10, compute: (series, x) => windowDeviation(series, x, 10) },
  { name: 'mean', window: 60, compute: (series, x) => windowMean(series, x, 60) },
  { name: 'standardDeviation', window: 60, compute: (series, x) => windowDeviation(series, x, 60) },
  { name: 'zscore', window: 0, compute: zscore },
  { name: 'tail', window: 0, compute: (_, x, baseline) => (baseline ? tailSurprise(baseline.tail, x) : 0) },
];

/**
 * Returns the signed distance of x from the long-run mean in long-run standard deviations, clipped to +-10^6; 0 until the
 * series is warm (the features record says so by `warmingUp`).
 */
export function zscore(series: SeriesState, x: number): number {
  if (!isWarm(series)) return 0;
  const z = (x - series.moments.mean) / flooredDeviation(series.moments, series.scale);
  return Math.max(-MAX_ZSCORE, Math.min(MAX_ZSCORE, z));
}

/** Returns the mean of x and the last `window - 1` points (fewer while the series is young). O(window), window 1..60. */
export function windowMean(series: SeriesState, x: number, window: number): number {
  return x + meanDistance(series, x, window);
}

/** Returns the population standard deviation of x and the last `window - 1` points; 0 for a single one. O(window). */
export function windowDeviation(series: SeriesState, x: number, window: number): number {
  const { ring } = series;
  const before = Math.min(window - 1, series.filled);
  const centre = meanDistance(series, x, window);
  let squares = centre * centre;
  for (let i = 0, at = series.head; i < before; i++) {
    at = at === 0 ? RING_POINTS - 1 : at - 1;
    const distance = (ring[at] as number) - x - centre;
    squares += distance * distance;
  }
  return Math.sqrt(squares / (before + 1));
}

/**
 * Mean distance of the window's points to its newest. Relative to a point of the window itself no digits are lost on
 * series like 10^12 +- 1, and a constant one gives exactly 0. Newest first, so that the sum does not depend on where
 * the ring begins.
 */
function meanDistance(series: SeriesState, x: number, window: number): number {
  const { ring } = series;
  const before = Math.min(window - 1, series.filled);
  let sum = 0;
  for (let i = 0, at = series.head; i < before; i++) {
    at = at === 0 ? RING_POINTS - 1 : at - 1;
    sum += (ring[at] as number) - x;
  }
  return sum / (before + 1);
}
