import type { BaselineSummary } from '../../../detection/series/baseline.js';
import { learnPoint } from '../../../detection/series/learn.js';
import { measureSeries } from '../../../detection/series/measure.js';
import {
  APPEND_TIME_AT,
  EVENT_AT,
  MAX_AGE_AT,
  newPoint,
  type Point,
  READING_AT,
  TIMESTAMP_AT,
} from '../../../detection/series/point.js';
import { emptySeries, type SeriesState } from '../../../detection/series/series-state.js';
import { STATISTICS } from '../../../detection/series/statistics.js';

const DAY_MS = 86_400_000;

/** When a point came: event time and append time, ms, and the number of the event within its host. */
export interface Moment {
  readonly timestamp: number;
  readonly appendTime: number;
  readonly event: number;
}

/** Returns a point with a reading. */
export function pointOf(x: number): Point {
  const point = newPoint();
  point[READING_AT] = x;
  return point;
}

/** Takes a point into a series as `observe` does; returns the baseline that became due. */
export function learn(series: SeriesState, x: number, moment: Moment): BaselineSummary | null {
  const point = pointOf(x);
  point[TIMESTAMP_AT] = moment.timestamp;
  point[APPEND_TIME_AT] = moment.appendTime;
  point[EVENT_AT] = moment.event;
  point[MAX_AGE_AT] = DAY_MS;
  measureSeries(series, series.baseline, point);
  return learnPoint(series, point);
}

/** Returns a series that has learnt points, by default one a millisecond: no hour passes. */
export function seriesOf(points: Iterable<number>): SeriesState {
  const series = emptySeries();
  let at = 0;
  for (const x of points) {
    learn(series, x, { timestamp: at, appendTime: at, event: at });
    at += 1;
  }
  return series;
}

/** Returns what is said about a next point, by `name/window`, compared with the newest baseline. */
export function look(series: SeriesState, x: number): Readonly<Record<string, number>> {
  const point = pointOf(x);
  measureSeries(series, series.baseline, point);
  return Object.fromEntries(
    STATISTICS.map(({ name, window, at }) => [`${name}/${window}`, point[at] ?? Number.NaN]),
  );
}
