/** How one method's raw score becomes comparable, and where its own alarm boundary lies. */
export interface Calibration {
  /** Name of the method. */
  readonly method: string;
  /** Median of the raw scores of normal events. */
  readonly median: number;
  /** 99 % quantile of them; above the median. */
  readonly q99: number;
  /** Alarm boundary in calibrated units; above 0. */
  readonly threshold: number;
}

/**
 * Smallest distance between median and 99 % quantile, in the method's raw unit. Where normal scores hardly vary (constant
 * metrics), dividing by what rounding left of their spread would turn a tremor into an alarm. A quarter of what independent
 * normal metrics show: half a deviation for z, half a nat for the tail, 0.01 for a forest's score.
 */
const LEAST_SPREAD: Readonly<Record<string, number>> = { zscore: 0.5, baseline: 0.5, iforest: 0.01 };
const LEAST_SPREAD_ELSE = 1e-3;

/** Returns q99, moved up to the least spread above the median that the method allows. */
export function spreadOut(method: string, median: number, q99: number): number {
  return Math.max(q99, median + (LEAST_SPREAD[method] ?? LEAST_SPREAD_ELSE));
}

/**
 * Returns (raw - median) / (q99 - median): 0 for a median event, 1 where one normal event in a hundred lies, for every method.
 * Never NaN: a spread of 0 counts as 1e-9, a raw score that is not a number as the median.
 */
export function calibrate(raw: number, { median, q99 }: Calibration): number {
  const calibrated = (raw - median) / Math.max(q99 - median, 1e-9);
  return Number.isNaN(calibrated) ? 0 : calibrated;
}

/** Share of the boundary under which the shown score goes over into its exponential foot. */
const FOOT = 0.1;

/**
 * Returns a calibrated score s as people see it, 0 to 1: u / (1 + u) with u = s / boundary, 0.5 at the boundary; below a tenth of the boundary, where
 * the quieter half of all events lies, an exponential that meets it with the same slope. The order of the calibrated scores is kept
 * everywhere: 0 for all quiet events would throw away what can still be ranked. NaN counts as 0. `boundary` is above 0.
 */
export function shownScore(calibrated: number, boundary: number): number {
  const excess = Number.isNaN(calibrated) ? 0 : calibrated / boundary;
  if (excess === Number.POSITIVE_INFINITY) return 1;
  if (excess >= FOOT) return excess / (1 + excess);
  return (FOOT / (1 + FOOT)) * Math.exp((excess - FOOT) / (FOOT * (1 + FOOT)));
}
