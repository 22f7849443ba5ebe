import { alarmBoundary } from '../../detection/consensus/boundary.js';
import { type Calibration, calibrate, spreadOut } from '../../detection/consensus/calibration.js';
import { defaultCalibration } from '../../detection/consensus/default-calibration.js';
import type { Detector } from '../../detection/detectors/detector.js';
import { createLayoutCache, type FeatureSource } from '../../detection/detectors/feature-view.js';
import { quantiles } from '../../detection/statistics/quantile.js';

/** What makes a group's scores comparable. */
export interface CalibratedMethods {
  readonly calibration: readonly Calibration[];
  /** Alarm boundary of the consensus. */
  readonly threshold: number;
}

export interface CalibrationOptions {
  readonly detectors: readonly Detector[];
  /** Share of the rows above the boundaries, 0 to 0.5. */
  readonly contamination: number;
  /** Warm rows that a method needs to be calibrated on them. */
  readonly minimumRows: number;
  /** All rows that were seen, with those that may belong to an incident; empty when none was left out. */
  readonly seen: readonly FeatureSource[];
}

/** Share of all rows that a boundary may leave above it: one that calls more of the history abnormal is misplaced. */
const MOST_ABOVE = 0.2;
/** A boundary never comes so near to the median that it divides by nothing. */
const LEAST_THRESHOLD = 0.05;

/**
 * Returns calibration and boundaries from what the very detectors of the live system say about the training rows. A method that is
 * warm on too few rows (no baseline was published in the training range) keeps its default calibration. The boundary is that of the
 * quiet rows, but so high that at most a fifth of all rows lie above it: what looked like incidents may be how the host lives. O(rows x methods).
 */
export function calibrateMethods(
  rows: readonly FeatureSource[],
  { detectors, contamination, minimumRows, seen }: CalibrationOptions,
): CalibratedMethods {
  const scores = detectors.map((detector) => scoreRows(detector, rows));
  const metricCount = rows.reduce((most, row) => Math.max(most, row.metrics.length), 1);
  const fallback = new Map(defaultCalibration(metricCount).calibration.map((entry) => [entry.method, entry]));
  const methods = detectors.flatMap(({ name }, i) => {
    const raw = scores[i] as Float64Array;
    const warm = raw.filter((score) => !Number.isNaN(score));
    if (warm.length >= minimumRows) return [{ name, raw, ...calibrateMethod(name, warm, contamination) }];
    const entry = fallback.get(name);
    return entry === undefined ? [] : [{ name, raw, entry, isFlat: false }];
  });
  const boundary = alarmBoundary(consensusOf(methods, rows.length), contamination);
  const ofSeen = boundaryOfSeen(methods, detectors, seen);
  const flat = methods.filter(({ isFlat }) => isFlat).length / Math.max(1, methods.length);
  return {
    calibration: methods.map(({ entry }) => entry),
    threshold: Math.max(boundary, ofSeen, flat, LEAST_THRESHOLD),
  };
}

interface CalibratedMethod {
  readonly entry: Calibration;
  /** Whether the spread had to be widened to the least one, as on constant metrics. */
  readonly isFlat: boolean;
}

function calibrateMethod(method: string, scores: Float64Array, contamination: number): CalibratedMethod {
  const [median = 0, high = 0] = quantiles(scores, [0.5, 0.99]);
  const q99 = spreadOut(method, median, high);
  const isFlat = q99 > high;
  const boundary = (alarmBoundary(scores, contamination) - median) / (q99 - median);
  // Flat scores put their boundary at 0: it takes the whole least spread to leave them.
  const threshold = Math.max(boundary, isFlat ? 1 : LEAST_THRESHOLD);
  return { entry: { method, median, q99, threshold }, isFlat };
}

/** The consensus that a fifth of all rows exceed. */
function boundaryOfSeen(
  methods: readonly (ScoredMethod & { readonly name: string })[],
  detectors: readonly Detector[],
  seen: readonly FeatureSource[],
): number {
  const rescored = methods.flatMap(({ name, entry }) => {
    const detector = detectors.find((one) => one.name === name);
    return detector === undefined ? [] : [{ raw: scoreRows(detector, seen), entry }];
  });
  return leastBoundary(consensusOf(rescored, seen.length));
}

/** Returns the least boundary that leaves no more of these scores above it than it may; 0 without any. */
export function leastBoundary(scores: Float64Array): number {
  return scores.length === 0 ? 0 : (quantiles(scores, [1 - MOST_ABOVE])[0] ?? 0);
}

/** Raw scores; NaN where the method is not warm. */
function scoreRows(detector: Detector, rows: readonly FeatureSource[]): Float64Array {
  const layouts = createLayoutCache();
  return Float64Array.from(rows, (row) => {
    const view = layouts.viewOf(row);
    return detector.isWarm(view) ? detector.score(view) : Number.NaN;
  });
}

interface ScoredMethod {
  readonly raw: Float64Array;
  readonly entry: Calibration;
}

/** Mean calibrated score of the warm methods of each row; rows on which all are warm, as long as there are any. */
function consensusOf(methods: readonly ScoredMethod[], rowCount: number): Float64Array {
  const complete: number[] = [];
  const partial: number[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    let sum = 0;
    let warm = 0;
    for (const { raw, entry } of methods) {
      const score = raw[row] as number;
      if (Number.isNaN(score)) continue;
      sum += calibrate(score, entry);
      warm += 1;
    }
    if (warm === methods.length) complete.push(sum / warm);
    else if (warm > 0) partial.push(sum / warm);
  }
  return Float64Array.from(complete.length >= partial.length ? complete : [...complete, ...partial]);
}
