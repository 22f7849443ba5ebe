import { QuantileSketch } from '../statistics/quantile-sketch.js';
import type { PublishedBaseline } from './baseline.js';
import type { LongRunMoments } from './long-run-moments.js';

/** Points that the short windows can look back over. */
export const RING_POINTS = 60;
/** Points from which on a series is warm. */
export const WARM_UP_POINTS = 30;
/** Values beyond this count as this: squares must stay finite. */
export const LARGEST_VALUE = 1e150;

/** Everything that is remembered of one metric of one host: about 5 KB. */
export interface SeriesState {
  /** The last points, a ring. */
  readonly ring: Float64Array;
  /** Where the next point goes. */
  head: number;
  /** Points in the ring, at most {@link RING_POINTS}. */
  filled: number;
  readonly moments: LongRunMoments;
  /** Distribution of the learnt points: those near the long-run moments. */
  readonly sketch: QuantileSketch;
  /** Unit of all floors, > 0: the spread or size of the series at the last publication; 1 before the first. */
  scale: number;
  /** Sums of the learnt points by UTC hour of the day (24), then their counts (24). */
  readonly hours: Float64Array;
  /** Event time of the oldest and newest learnt point, ms; NaN before the first. */
  from: number;
  to: number;
  /** Which event of its host brought the newest point: tells the series that nobody sends any more. */
  lastEvent: number;
  /** The baseline that events are compared with; null before the first publication. */
  baseline: PublishedBaseline | null;
}

/** Returns the state of a series without points. */
export function emptySeries(): SeriesState {
  return {
    ring: new Float64Array(RING_POINTS),
    head: 0,
    filled: 0,
    moments: { points: 0, mean: 0, variance: 0 },
    sketch: new QuantileSketch(),
    scale: 1,
    hours: new Float64Array(48),
    from: Number.NaN,
    to: Number.NaN,
    lastEvent: 0,
    baseline: null,
  };
}

/** Returns whether the series has enough points for its statistics to mean something. */
export function isWarm(series: SeriesState): boolean {
  return series.moments.points >= WARM_UP_POINTS;
}

/** Returns a value as the statistics take it: clamped to +-{@link LARGEST_VALUE}. */
export function usableValue(value: number): number {
  return Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, value));
}
