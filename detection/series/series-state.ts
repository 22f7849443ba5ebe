import { QuantileSketch } from '../statistics/quantile-sketch.js';
import type { PublishedBaseline } from './baseline.js';
import { EVIDENCE_FEATURES, FEATURE_COUNT } from './evidence-features.js';
import { type LongRunMoments, MOMENTS_CELLS, readMoments } from './long-run-moments.js';

/** Points that the short windows can look back over. */
export const RING_POINTS = 100;
/** Compression of the readings' sketch, and of those of the other aspects: together they decide the memory of a series. */
const READING_COMPRESSION = 48;
const ASPECT_COMPRESSION = 20;
/** Points from which on a series is warm. */
export const WARM_UP_POINTS = 30;
/** z-score evidence that a calm series hardly ever exceeds: of white noise one stretch of 100 points in 25 does, so that nothing is taken from it. */
export const CALM_EVIDENCE = 2.5;
/** Most that may pass for usual: no series counts for less than half, whatever it showed and for how long. */
export const MOST_USUAL_EVIDENCE = 2 * CALM_EVIDENCE;
/** Points among which unusual evidence teaches once: as many as the longest window sees, so that a burst counts once. */
export const STRETCH_POINTS = 100;
/** Values beyond this count as this: squares must stay finite. */
export const LARGEST_VALUE = 1e150;

/** Where the numbers of a series lie in its one array: the ring of its last points, ... */
export const RING_AT = 0;
/** ... sums of the learnt points by UTC hour of the day (24), then their counts (24), ... */
export const HOURS_AT = RING_AT + RING_POINTS;
/** ... the long-run moments of every aspect, the reading's first, ... */
export const MOMENTS_AT = HOURS_AT + 48;
/** ... per aspect how many values beyond the gate may still be learnt, 0..20, ... */
export const ALLOWANCE_AT = MOMENTS_AT + MOMENTS_CELLS * FEATURE_COUNT;
/** ... the exponentially smoothed |z| of the reading, 0..30, ... */
export const SMOOTHED_CELL = ALLOWANCE_AT + FEATURE_COUNT;
/** ... the unit of all floors, > 0: the spread or size of the series at the last publication; 1 before the first, ... */
export const SCALE_CELL = SMOOTHED_CELL + 1;
/** ... event time of the oldest and newest learnt point, ms; NaN before the first, ... */
export const FROM_CELL = SCALE_CELL + 1;
export const TO_CELL = FROM_CELL + 1;
/** ... which event of its host brought the newest point: tells the series that nobody sends any more, ... */
export const LAST_EVENT_CELL = TO_CELL + 1;
/** ... the z-score evidence that is usual for it, 2.5..5, ... */
export const USUAL_EVIDENCE_CELL = LAST_EVENT_CELL + 1;
/** ... and for how many points to come unusual evidence teaches nothing, 0..100. */
export const UNTAUGHT_CELL = USUAL_EVIDENCE_CELL + 1;
const CELLS = UNTAUGHT_CELL + 1;

/** Everything that is remembered of one metric of one host: under 8 KB. */
export interface SeriesState {
  /** Everything that is one number or many: one array, because each costs 200 bytes of its own, and a number outside of one 16. */
  readonly cells: Float64Array;
  /** Where the next point of the ring goes. */
  head: number;
  /** Points in the ring, at most {@link RING_POINTS}. */
  filled: number;
  /** Distribution of every aspect's learnt values: those near its long-run moments, and the allowance. */
  readonly sketches: readonly QuantileSketch[];
  /** The baseline that events are compared with; null before the first publication. */
  baseline: PublishedBaseline | null;
}

/** Returns the state of a series without points. */
export function emptySeries(): SeriesState {
  const cells = new Float64Array(CELLS);
  cells[SCALE_CELL] = 1;
  cells[USUAL_EVIDENCE_CELL] = CALM_EVIDENCE;
  cells.fill(Number.NaN, FROM_CELL, TO_CELL + 1);
  return {
    cells,
    head: 0,
    filled: 0,
    sketches: EVIDENCE_FEATURES.map(
      (_, k) => new QuantileSketch(k === 0 ? READING_COMPRESSION : ASPECT_COMPRESSION),
    ),
    baseline: null,
  };
}

/** Returns where the moments of aspect k begin. */
export function momentsAt(k: number): number {
  return MOMENTS_AT + MOMENTS_CELLS * k;
}

/** Returns the long-run moments of aspect k, 0 = the reading. */
export function momentsOf({ cells }: SeriesState, k = 0): LongRunMoments {
  return readMoments({ cells, at: momentsAt(k) });
}

/** Returns whether aspect k (0 = the reading) has enough points to compare with. */
export function isWarm(series: SeriesState, k = 0): boolean {
  return (series.cells[momentsAt(k)] as number) >= WARM_UP_POINTS;
}

/** Returns a value as the statistics take it: clamped to +-{@link LARGEST_VALUE}. */
export function usableValue(value: number): number {
  return Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, value));
}
