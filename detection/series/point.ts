import { EVIDENCE_FEATURES, type EvidenceFeature, FEATURE_COUNT } from './evidence-features.js';

/**
 * One point of a series on its way through measuring and learning: what came in, and everything that is said about it, each number at a place
 * of its own. One array and not arguments and results, because V8 puts a double that crosses a call which it does not inline on the heap: 16
 * bytes, two hundred times per metric.
 */
export type Point = Float64Array;

/** Windows whose mean and standard deviation are measured, points, rising. */
export const WINDOWS = [5, 10, 20, 60, 100] as const;
/** One of the windows. */
export type Window = (typeof WINDOWS)[number];

/** Places of what comes in: the reading (finite, |x| <= 1e150), event time and append time (ms), ... */
export const READING_AT = 0;
export const TIMESTAMP_AT = 1;
export const APPEND_TIME_AT = 2;
/** ... the running number of the event within its host, and the age at which a baseline is stale (ms). */
export const EVENT_AT = 3;
export const MAX_AGE_AT = 4;
/** The scale of the series: the unit of all floors, > 0. */
export const SCALE_AT = 5;
/** Places of what is measured: mean and standard deviation of each window, then the mean absolute step, ... */
export const WINDOWS_AT = 6;
export const STEP_AT = WINDOWS_AT + 2 * WINDOWS.length;
/** ... per aspect the long-run deviation, the z in units of it, and the tail surprise, ... */
export const DEVIATION_AT = STEP_AT + 1;
export const ZSCORE_AT = DEVIATION_AT + FEATURE_COUNT;
export const TAIL_AT = ZSCORE_AT + FEATURE_COUNT;
/** ... the evidence of both methods, the smoothed |z| of the reading as it stands with this point, and how new the point is. */
export const ZSCORE_EVIDENCE_AT = TAIL_AT + FEATURE_COUNT;
export const TAIL_EVIDENCE_AT = ZSCORE_EVIDENCE_AT + 1;
export const SMOOTHED_AT = TAIL_EVIDENCE_AT + 1;
export const NOVELTY_AT = SMOOTHED_AT + 1;
const CELLS = NOVELTY_AT + 1;

/** Returns the place of a window's mean; its standard deviation is the next. */
export function meanAt(window: Window): number {
  return WINDOWS_AT + 2 * WINDOWS.indexOf(window);
}

/** Returns the place of a window's standard deviation. */
export function deviationAt(window: Window): number {
  return meanAt(window) + 1;
}

/** Per aspect the place of its value. */
export const ASPECT_AT: Int32Array = Int32Array.from(EVIDENCE_FEATURES, valueAt);

function valueAt({ suffix, window }: EvidenceFeature): number {
  if (suffix === '') return READING_AT;
  return suffix === 'OfStep' ? STEP_AT : deviationAt(window as Window);
}

/** Returns a point without anything. */
export function newPoint(): Point {
  return new Float64Array(CELLS);
}
