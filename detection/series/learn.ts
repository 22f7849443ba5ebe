import { type BaselineSummary, isPublicationDue, learnHour, publishBaseline } from './baseline.js';
import { EVIDENCE_FEATURES, type EvidenceFeature, FEATURE_COUNT } from './evidence-features.js';
import { GATE_FREE_POINTS, learnMoments, longRunDeviations } from './long-run-moments.js';
import { featureValue, isComplete, SMOOTHED_AT } from './measure.js';
import { ALLOWANCE_AT, momentsAt, RING_AT, RING_POINTS, type SeriesState } from './series-state.js';

/** The distributions learn values within this many long-run standard deviations; of what lies beyond, an allowance. */
export const LEARNT_SIGMAS = 6;
/** Values beyond it that are learnt, per point: bursts that belong to a series are known by the tail of its distribution. */
const ALLOWED_SHARE = 0.02;
/** Most of them at once: what an incident teaches at its beginning, however long the series has been quiet. */
const MOST_ALLOWED = 20;

/** When a point came. */
export interface Moment {
  /** Event time, ms. */
  readonly timestamp: number;
  /** Append time, ms: the clock of every decision. */
  readonly appendTime: number;
  /** Running number of the event within its host. */
  readonly event: number;
}

/** A point and what {@link measureSeries} said about it before it was taken in. */
export interface MeasuredPoint {
  /** Finite, |x| <= 1e150. */
  readonly x: number;
  readonly measures: Float64Array;
}

/**
 * Takes one on-time point into a series; returns the baseline that became due by it, else null.
 * After the first 60 points a value beyond 6 long-run sd teaches neither its distribution nor the hours, but for an allowance of 2 % of the
 * points, 20 at most saved up: an incident does not become normal, and yet a metric that bursts now and then is known by it. Without the allowance
 * every burst of such a metric stays as strange as its first. Of a lasting shift the gated moments follow, and then its values are near and are learnt.
 * Allocates nothing unless it publishes.
 * @param maxAgeMs age at which a baseline is stale
 */
export function learnPoint(
  series: SeriesState,
  point: MeasuredPoint,
  moment: Moment,
  maxAgeMs: number,
): BaselineSummary | null {
  let isReadingLearnt = false;
  for (let k = 0; k < FEATURE_COUNT; k++) {
    const isLearnt = learnFeature(series, k, point);
    if (k === 0) isReadingLearnt = isLearnt;
  }
  series.smoothed = point.measures[SMOOTHED_AT] as number;
  series.cells[RING_AT + series.head] = point.x;
  series.head = (series.head + 1) % RING_POINTS;
  if (series.filled < RING_POINTS) series.filled++;
  series.lastEvent = moment.event;
  if (!isReadingLearnt) return null;
  if (Number.isNaN(series.from)) series.from = moment.timestamp;
  series.to = moment.timestamp;
  learnHour(series, point.x, moment.timestamp);
  if (!isPublicationDue(series, moment.appendTime, maxAgeMs)) return null;
  return publishBaseline(series, moment.appendTime);
}

/** Returns whether the aspect's value entered the distribution. */
function learnFeature(series: SeriesState, k: number, { x, measures }: MeasuredPoint): boolean {
  if (!isComplete(series, EVIDENCE_FEATURES[k] as EvidenceFeature)) return false;
  const { cells, scale } = series;
  const at = momentsAt(k);
  const value = featureValue(k, x, measures);
  const isNear =
    (cells[at] as number) < GATE_FREE_POINTS ||
    Math.abs(longRunDeviations(cells, at, value, scale)) <= LEARNT_SIGMAS;
  learnMoments(cells, at, value, scale);
  if (!isNear && !takeAllowance(cells, k)) return false;
  cells[ALLOWANCE_AT + k] = Math.min(MOST_ALLOWED, (cells[ALLOWANCE_AT + k] as number) + ALLOWED_SHARE);
  series.sketches[k]?.add(value);
  return true;
}

function takeAllowance(cells: Float64Array, k: number): boolean {
  const left = cells[ALLOWANCE_AT + k] as number;
  if (left < 1) return false;
  cells[ALLOWANCE_AT + k] = left - 1;
  return true;
}
