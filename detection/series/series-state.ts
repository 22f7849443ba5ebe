import { QuantileSketch } from '../statistics/quantile-sketch.js';
import type { PublishedBaseline } from './baseline.js';
import { EVIDENCE_FEATURES } from './evidence-features.js';
import type { LongRunMoments } from './long-run-moments.js';

/** Points that the short windows can look back over. */
export const RING_POINTS = 100;
/** Compression of the readings' sketch, and of those of the other aspects: together they decide the memory of a series. */
const READING_COMPRESSION = 56;
const ASPECT_COMPRESSION = 32;
/** Points from which on a series is warm. */
export const WARM_UP_POINTS = 30;
/** Values beyond this count as this: squares must stay finite. */
export const LARGEST_VALUE = 1e150;

/** Everything that is remembered of one metric of one host: under 8 KB. */
export interface SeriesState {
  /** The last points, a ring. */
  readonly ring: Float64Array;
  /** Where the next point goes. */
  head: number;
  /** Points in the ring, at most {@link RING_POINTS}. */
  filled: number;
  /** Long-run moments of every aspect, the reading's first. */
  readonly moments: readonly LongRunMoments[];
  /** Distribution of every aspect's learnt values: those near its long-run moments. */
  readonly sketches: readonly QuantileSketch[];
  /** Per aspect how many values beyond the gate may still be learnt, 0..20. */
  readonly allowance: Float64Array;
  /** Exponentially smoothed |z| of the reading, 0..30. */
  smoothed: number;
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
    moments: EVIDENCE_FEATURES.map(() => ({ points: 0, mean: 0, variance: 0 })),
    sketches: EVIDENCE_FEATURES.map(
      (_, k) => new QuantileSketch(k === 0 ? READING_COMPRESSION : ASPECT_COMPRESSION),
    ),
    allowance: new Float64Array(EVIDENCE_FEATURES.length),
    smoothed: 0,
    scale: 1,
    hours: new Float64Array(48),
    from: Number.NaN,
    to: Number.NaN,
    lastEvent: 0,
    baseline: null,
  };
}

/** Returns whether aspect k (0 = the reading) has enough points to compare with. */
export function isWarm(series: SeriesState, k = 0): boolean {
  return (series.moments[k]?.points ?? 0) >= WARM_UP_POINTS;
}

/** Returns a value as the statistics take it: clamped to +-{@link LARGEST_VALUE}. */
export function usableValue(value: number): number {
  return Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, value));
}
