import type { BaselineSummary } from '../../../detection/series/baseline.js';
import { learnPoint, type Moment } from '../../../detection/series/learn.js';
import { MEASURES, measureSeries } from '../../../detection/series/measure.js';
import { emptySeries, type SeriesState } from '../../../detection/series/series-state.js';
import { STATISTICS } from '../../../detection/series/statistics.js';

const DAY_MS = 86_400_000;

/** Takes a point into a series as `observe` does; returns the baseline that became due. */
export function learn(series: SeriesState, x: number, moment: Moment): BaselineSummary | null {
  const measures = new Float64Array(MEASURES);
  measureSeries(series, x, series.baseline, measures);
  return learnPoint(series, { x, measures }, moment, DAY_MS);
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
  const measures = new Float64Array(MEASURES);
  measureSeries(series, x, series.baseline, measures);
  return Object.fromEntries(
    STATISTICS.map(({ name, window, at }) => [`${name}/${window}`, measures[at] ?? Number.NaN]),
  );
}
