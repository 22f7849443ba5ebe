import type { FeatureView } from './feature-view.js';

/**
 * One method of detection over the statistics of an event. It has no state that an event could change: the same view
 * gives the same answer, always. Thresholds and calibration are another object (detection/consensus).
 */
export interface Detector {
  /** Name of the method in calibrations and verdicts. */
  readonly name: string;
  /** True when the event holds what the method needs; while false its score says nothing and is left out of the verdict. */
  isWarm(view: FeatureView): boolean;
  /**
   * Returns the raw score: higher = stranger, finite, 0 or more, in the method's own unit. A value that is missing or
   * not a number counts as no evidence. 0 while not warm.
   */
  score(view: FeatureView): number;
  /**
   * Writes each metric's evidence, in the order of the event's metrics, to the first `metrics.length` places of `out`:
   * 0 or more, finite, in the unit of the score, not bounded as the score is. All 0 while not warm. Throws a RangeError when `out` is too short.
   */
  evidence(view: FeatureView, out: Float64Array): void;
}

/** Throws a RangeError when `out` has no place for every metric of the event. */
export function requireRoom(view: FeatureView, out: Float64Array): void {
  const needed = view.layout.metrics.length;
  if (out.length < needed)
    throw new RangeError(`weighing evidence: ${out.length} places for ${needed} metrics`);
}
