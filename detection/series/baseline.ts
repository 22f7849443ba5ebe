import type { DistributionView } from '../statistics/distribution-view.js';
import { APPEND_TIME_AT, MAX_AGE_AT, type Point, READING_AT, TIMESTAMP_AT } from './point.js';
import {
  FROM_CELL,
  HOURS_AT,
  momentsOf,
  SCALE_CELL,
  type SeriesState,
  TO_CELL,
  WARM_UP_POINTS,
} from './series-state.js';
import { noTails, type TailTables, writeTail } from './tail-tables.js';
import { unitOf } from './unit.js';

/** Once a series has a baseline, the next is due after this time (append time), ms. */
export const PUBLISH_INTERVAL_MS = 3_600_000;
/** Learnt points of the first baseline; the following ones come at twice, four times... as many. */
export const FIRST_PUBLICATION_POINTS = WARM_UP_POINTS;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const PROFILE_SPAN_MS = 2 * HOURS * HOUR_MS;

/** What of a published baseline is compared with events. */
export interface PublishedBaseline {
  /** 1 at the first publication, then one more each time. */
  readonly version: number;
  /** Append time of the publication, ms. */
  readonly publishedAt: number;
  /** Learnt points at the publication. */
  readonly sampleCount: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly p99: number;
  /** Distributions of the aspects that had enough points. */
  readonly tails: TailTables;
}

/** A baseline as it is told to others. */
export interface BaselineSummary {
  readonly version: number;
  /** Gated long-run mean and population standard deviation. */
  readonly mean: number;
  readonly standardDeviation: number;
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** 24 means by UTC hour, once two days are covered and every hour has points; else null. */
  readonly hourOfDay: readonly number[] | null;
  /** Event times of the oldest and newest learnt point, ms. */
  readonly from: number;
  readonly to: number;
  /** Versioned bytes of the quantile sketch. */
  readonly sketch: Uint8Array;
}

/** Returns the baseline to compare a point with: null when there is none, or it is older than the point's maximum age. */
export function usableBaseline({ baseline }: SeriesState, point: Point): PublishedBaseline | null {
  if (baseline === null) return null;
  const age = (point[APPEND_TIME_AT] as number) - baseline.publishedAt;
  return age <= (point[MAX_AGE_AT] as number) ? baseline : null;
}

/**
 * Returns whether a publication is due: at 30, 60, 120, 240... learnt points, and every hour in which something was
 * learnt. A stale baseline is not renewed by a single point: it takes as many new ones as the first.
 */
export function isPublicationDue(series: SeriesState, point: Point): boolean {
  const learnt = learntPoints(series);
  const { baseline } = series;
  if (baseline === null) return learnt >= FIRST_PUBLICATION_POINTS;
  if (learnt >= nextDoubling(baseline.sampleCount)) return true;
  const age = (point[APPEND_TIME_AT] as number) - baseline.publishedAt;
  if (age < PUBLISH_INTERVAL_MS) return false;
  const isStale = age > (point[MAX_AGE_AT] as number);
  return learnt - baseline.sampleCount >= (isStale ? FIRST_PUBLICATION_POINTS : 1);
}

/** Freezes what is known of a series into its next baseline, which events are compared with from now on. O(sketches). */
export function publishBaseline(series: SeriesState, point: Point): BaselineSummary {
  const moments = momentsOf(series);
  const [reading] = series.sketches;
  if (reading === undefined) throw new RangeError('publishing baseline: no distribution of the readings');
  const view = reading.view();
  series.cells[SCALE_CELL] = unitOfReadings(view);
  const published: PublishedBaseline = {
    version: (series.baseline?.version ?? 0) + 1,
    publishedAt: point[APPEND_TIME_AT] as number,
    sampleCount: reading.count,
    mean: moments.mean,
    standardDeviation: Math.sqrt(moments.variance),
    p99: view.quantile(0.99),
    tails: freezeTails(series),
  };
  series.baseline = published;
  return {
    version: published.version,
    mean: published.mean,
    standardDeviation: published.standardDeviation,
    min: reading.min,
    max: reading.max,
    sampleCount: published.sampleCount,
    p50: view.quantile(0.5),
    p95: view.quantile(0.95),
    p99: published.p99,
    hourOfDay: hourProfile(series),
    from: series.cells[FROM_CELL] as number,
    to: series.cells[TO_CELL] as number,
    sketch: reading.toBytes(),
  };
}

function freezeTails({ sketches, cells }: SeriesState): TailTables {
  const scale = cells[SCALE_CELL] as number;
  const tails = noTails();
  sketches.forEach((sketch, k) => {
    if (sketch.count >= FIRST_PUBLICATION_POINTS) writeTail(tails, k, sketch.view(), scale);
  });
  return tails;
}

/** Learnt points of the readings. */
function learntPoints({ sketches }: SeriesState): number {
  return sketches[0]?.count ?? 0;
}

/** Adds a learnt point, whose event time is 0 or more, to the profile by UTC hour of the day. */
export function learnHour({ cells }: SeriesState, point: Point): void {
  const hour = Math.floor((point[TIMESTAMP_AT] as number) / HOUR_MS) % HOURS;
  const at = HOURS_AT + hour;
  cells[at] = (cells[at] as number) + (point[READING_AT] as number);
  cells[at + HOURS] = (cells[at + HOURS] as number) + 1;
}

function unitOfReadings(view: DistributionView): number {
  return unitOf({ low: view.quantile(0.001), median: view.quantile(0.5), high: view.quantile(0.999) });
}

function nextDoubling(sampleCount: number): number {
  let count = FIRST_PUBLICATION_POINTS;
  while (count <= sampleCount) count *= 2;
  return count;
}

function hourProfile({ cells }: SeriesState): readonly number[] | null {
  if ((cells[TO_CELL] as number) - (cells[FROM_CELL] as number) < PROFILE_SPAN_MS) return null;
  const means: number[] = [];
  for (let hour = 0; hour < HOURS; hour++) {
    const count = cells[HOURS_AT + HOURS + hour] as number;
    if (count === 0) return null;
    means.push((cells[HOURS_AT + hour] as number) / count);
  }
  return means;
}
