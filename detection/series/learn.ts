import { type BaselineSummary, isPublicationDue, learnHour, publishBaseline } from './baseline.js';
import { FEATURE_COUNT } from './evidence-features.js';
import { GATE_FREE_POINTS, learnMoments } from './long-run-moments.js';
import { isComplete } from './measure.js';
import {
  ASPECT_AT,
  EVENT_AT,
  type Point,
  READING_AT,
  SMOOTHED_AT,
  TIMESTAMP_AT,
  ZSCORE_AT,
} from './point.js';
import {
  ALLOWANCE_AT,
  FROM_CELL,
  LAST_EVENT_CELL,
  momentsAt,
  RING_AT,
  RING_POINTS,
  type SeriesState,
  SMOOTHED_CELL,
  TO_CELL,
} from './series-state.js';
import { learnUsual } from './usual-evidence.js';

/** The distributions learn values within this many long-run standard deviations; of what lies beyond, an allowance. */
export const LEARNT_SIGMAS = 6;
/** Values beyond it that are learnt, per point: bursts that belong to a series are known by the tail of its distribution. */
const ALLOWED_SHARE = 0.02;
/** Most of them at once: what an incident teaches at its beginning, however long the series has been quiet. */
const MOST_ALLOWED = 20;

/**
 * Takes one on-time point into a series; returns the baseline that became due by it, else null.
 * After the first 60 points a value beyond 6 long-run sd teaches neither its distribution nor the hours, but for an allowance of 2 % of the
 * points, 20 at most saved up: an incident does not become normal, and yet a metric that bursts now and then is known by it. Without the allowance
 * every burst of such a metric stays as strange as its first. Of a lasting shift the gated moments follow, and then its values are near and are learnt.
 * Allocates nothing unless it publishes.
 * @param point as `measureSeries` left it for the series as it is now
 */
export function learnPoint(series: SeriesState, point: Point): BaselineSummary | null {
  const { cells } = series;
  let isReadingLearnt = false;
  for (let k = 0; k < FEATURE_COUNT; k++) {
    const isLearnt = learnAspect(series, k, point);
    if (k === 0) isReadingLearnt = isLearnt;
  }
  cells[SMOOTHED_CELL] = point[SMOOTHED_AT] as number;
  learnUsual(cells, point);
  cells[RING_AT + series.head] = point[READING_AT] as number;
  series.head = (series.head + 1) % RING_POINTS;
  if (series.filled < RING_POINTS) series.filled++;
  cells[LAST_EVENT_CELL] = point[EVENT_AT] as number;
  if (!isReadingLearnt) return null;
  if (Number.isNaN(cells[FROM_CELL])) cells[FROM_CELL] = point[TIMESTAMP_AT] as number;
  cells[TO_CELL] = point[TIMESTAMP_AT] as number;
  learnHour(series, point);
  return isPublicationDue(series, point) ? publishBaseline(series, point) : null;
}

/** Returns whether the aspect's value entered the distribution. */
function learnAspect(series: SeriesState, k: number, point: Point): boolean {
  if (!isComplete(series, k)) return false;
  const { cells } = series;
  const at = momentsAt(k);
  const isNear =
    (cells[at] as number) < GATE_FREE_POINTS || Math.abs(point[ZSCORE_AT + k] as number) <= LEARNT_SIGMAS;
  learnMoments(cells, at, k, point);
  if (!isNear && !takeAllowance(cells, k)) return false;
  cells[ALLOWANCE_AT + k] = Math.min(MOST_ALLOWED, (cells[ALLOWANCE_AT + k] as number) + ALLOWED_SHARE);
  series.sketches[k]?.addFrom(point, ASPECT_AT[k] as number);
  return true;
}

function takeAllowance(cells: Float64Array, k: number): boolean {
  const left = cells[ALLOWANCE_AT + k] as number;
  if (left < 1) return false;
  cells[ALLOWANCE_AT + k] = left - 1;
  return true;
}
