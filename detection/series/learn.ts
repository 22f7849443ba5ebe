import { type BaselineSummary, isPublicationDue, learnHour, publishBaseline } from './baseline.js';
import { flooredDeviation, GATE_FREE_POINTS, learnMoments } from './long-run-moments.js';
import { RING_POINTS, type SeriesState } from './series-state.js';

/** The distribution learns values within this many long-run standard deviations only. */
export const LEARNT_SIGMAS = 6;

/** When a point came. */
export interface Moment {
  /** Event time, ms. */
  readonly timestamp: number;
  /** Append time, ms: the clock of every decision. */
  readonly appendTime: number;
  /** Running number of the event within its host. */
  readonly event: number;
}

/**
 * Takes one on-time point into a series; returns the baseline that became due by it, else null.
 * After the first 60 points a value beyond 6 long-run sd teaches neither the distribution nor the hours: an incident
 * does not become normal. Of a lasting shift the gated moments follow, and then its values are near and are learnt.
 * Allocates nothing unless it publishes.
 * @param x finite, |x| <= 1e150
 * @param maxAgeMs age at which a baseline is stale
 */
export function learnPoint(
  series: SeriesState,
  x: number,
  moment: Moment,
  maxAgeMs: number,
): BaselineSummary | null {
  const { moments } = series;
  const isNear =
    moments.points < GATE_FREE_POINTS ||
    Math.abs(x - moments.mean) <= LEARNT_SIGMAS * flooredDeviation(moments, series.scale);
  learnMoments(moments, x, series.scale);
  series.ring[series.head] = x;
  series.head = (series.head + 1) % RING_POINTS;
  if (series.filled < RING_POINTS) series.filled++;
  series.lastEvent = moment.event;
  if (!isNear) return null;
  if (series.sketch.count === 0) series.from = moment.timestamp;
  series.to = moment.timestamp;
  series.sketch.add(x);
  learnHour(series, x, moment.timestamp);
  if (!isPublicationDue(series, moment.appendTime, maxAgeMs)) return null;
  return publishBaseline(series, moment.appendTime);
}
