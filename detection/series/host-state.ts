import { emptyNovelty, type NoveltyState } from '../novelty/novelty.js';
import { newPoint, type Point } from './point.js';
import { noIds, type RecentIds } from './recent-ids.js';
import { emptySeries, LAST_EVENT_CELL, type SeriesState } from './series-state.js';

/** Most series that one host may have: its snapshot must stay under 4 MiB. */
export const MAX_SERIES = 512;
/** Events of its host after which a series that was in none of them may make room for another. */
export const SILENT_EVENTS = 64;

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
  /** What the host has been through, as the first metric of its series has it, while no second one is warm; else null. */
  novelty: NoveltyState | null;
  /** Room for the point that is being looked at; no part of the state. */
  readonly point: Point;
}

/** Returns the state of a host that was never heard of. */
export function emptyHost(): HostState {
  return {
    series: new Map(),
    recent: noIds(),
    newestTimestamp: Number.NEGATIVE_INFINITY,
    events: 0,
    lateEvents: 0,
    novelty: null,
    point: newPoint(),
  };
}

/**
 * Returns a new series. When the host has too many, the one silent for longest makes room, if it was silent for 64 events; else the new one
 * is not kept: with 513 metrics that come again and again, each would drop the one that comes next, and none would ever be warm.
 * O(series) then.
 */
export function startSeries(host: HostState, metric: string): SeriesState {
  const series = emptySeries();
  if (host.events === 1) host.novelty = host.series.size === 0 ? emptyNovelty() : null;
  if (host.series.size < MAX_SERIES || dropSilent(host)) host.series.set(metric, series);
  return series;
}

/** Returns whether the host's novelty is that of this metric. */
export function isNoveltyOf({ novelty, series }: HostState, metric: string): boolean {
  return novelty !== null && series.keys().next().value === metric;
}

/** Returns whether there was a silent series to drop. */
function dropSilent(host: HostState): boolean {
  let stalest: string | null = null;
  let oldest = host.events - SILENT_EVENTS;
  for (const [metric, series] of host.series) {
    const lastEvent = series.cells[LAST_EVENT_CELL] as number;
    if (lastEvent >= oldest) continue;
    oldest = lastEvent;
    stalest = metric;
  }
  if (stalest === null) return false;
  // The first series, whose novelty it is, may be the one that goes.
  host.novelty = null;
  return host.series.delete(stalest);
}
