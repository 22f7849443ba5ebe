import { MEASURES } from './measure.js';
import { noIds, type RecentIds } from './recent-ids.js';
import { emptySeries, type SeriesState } from './series-state.js';

/** Most series that one host may have: its snapshot must stay under 4 MiB. The one silent for longest goes first. */
export const MAX_SERIES = 512;

/** Everything that is remembered of one host. */
export interface HostState {
  /** State by name of the metric. */
  readonly series: Map<string, SeriesState>;
  /** Ids of the last events, to drop what a producer sent twice. */
  readonly recent: RecentIds;
  /** Newest event time, ms; -Infinity before the first event. */
  newestTimestamp: number;
  /** Events taken in, late ones included. */
  events: number;
  /** Late events among them. */
  lateEvents: number;
  /** Room for what is said about the point that is being looked at; no part of the state. */
  readonly measures: Float64Array;
}

/** Returns the state of a host that was never heard of. */
export function emptyHost(): HostState {
  return {
    series: new Map(),
    recent: noIds(),
    newestTimestamp: Number.NEGATIVE_INFINITY,
    events: 0,
    lateEvents: 0,
    measures: new Float64Array(MEASURES),
  };
}

/** Starts a series; the one silent for longest makes room when the host has too many. O(series) only then. */
export function startSeries(host: HostState, metric: string): SeriesState {
  if (host.series.size >= MAX_SERIES) dropStalest(host);
  const series = emptySeries();
  host.series.set(metric, series);
  return series;
}

function dropStalest(host: HostState): void {
  let stalest: string | null = null;
  let oldest = Number.POSITIVE_INFINITY;
  for (const [metric, series] of host.series) {
    if (series.lastEvent >= oldest) continue;
    oldest = series.lastEvent;
    stalest = metric;
  }
  if (stalest !== null) host.series.delete(stalest);
}
