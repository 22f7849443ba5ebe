import { COLD_NOVELTY, takeNovelty } from '../novelty/novelty.js';
import { type PublishedBaseline, usableBaseline } from './baseline.js';
import { type HostState, isNoveltyOf, startSeries } from './host-state.js';
import { learnPoint } from './learn.js';
import { measureSeries } from './measure.js';
import {
  type BaselineColumns,
  type DueBaseline,
  newObservation,
  type Observation,
  type ObservationRoom,
} from './observation.js';
import {
  APPEND_TIME_AT,
  EVENT_AT,
  MAX_AGE_AT,
  NOVELTY_AT,
  type Point,
  READING_AT,
  SCALE_AT,
  TIMESTAMP_AT,
} from './point.js';
import { emptySeries, isWarm, LARGEST_VALUE } from './series-state.js';
import { type SeriesStatistic, STATISTICS } from './statistics.js';

/** One reading of a host. */
export interface Reading {
  /** Event time, ms; 0 or more. */
  readonly timestamp: number;
  /** Append time, ms. */
  readonly appendTime: number;
  /** Names of the metrics, distinct. */
  readonly metrics: readonly string[];
  /** Finite values in the order of `metrics`. */
  readonly values: readonly number[];
}

/** What is published by a reading as a rule. */
const NOTHING_DUE: DueBaseline[] = [];

/**
 * Looks at a reading with what is known of its host, then takes it in. A late one (older than the host's newest) is looked at
 * all the same and teaches nothing. The same states and readings give the same bits on every machine.
 * O(metrics x statistics x window).
 * @param room where the observation goes, for as many metrics as the reading has: it is returned, and holds until it is handed in again. Then
 *   nothing is allocated but what is published. By default a new one, the caller's to keep.
 */
export function observe(
  host: HostState,
  reading: Reading,
  baselineMaxAgeMs: number,
  room: ObservationRoom = newObservation(reading.metrics.length),
): Observation {
  const { timestamp, metrics } = reading;
  const { point } = host;
  room.late = timestamp < host.newestTimestamp;
  room.latenessMs = room.late ? host.newestTimestamp - timestamp : 0;
  host.events++;
  if (room.late) host.lateEvents++;
  else host.newestTimestamp = timestamp;
  point[TIMESTAMP_AT] = timestamp;
  point[APPEND_TIME_AT] = reading.appendTime;
  point[EVENT_AT] = host.events;
  point[MAX_AGE_AT] = baselineMaxAgeMs;
  room.baseline = null;
  room.published = NOTHING_DUE;
  let warm = 0;
  for (let j = 0; j < metrics.length; j++) if (observeMetric(host, reading, j, room)) warm++;
  room.warmingUp = 2 * warm < metrics.length;
  return room;
}

/** Returns whether the metric's series was warm. */
function observeMetric(host: HostState, reading: Reading, j: number, room: ObservationRoom): boolean {
  const { point } = host;
  const metric = reading.metrics[j] as string;
  // As `usableValue` has it: a call of it put two doubles of every metric on the heap.
  point[READING_AT] = Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, reading.values[j] as number));
  const series = host.series.get(metric) ?? (room.late ? emptySeries() : startSeries(host, metric));
  const baseline = usableBaseline(series, point);
  const wasWarm = isWarm(series);
  measureSeries(series, baseline, point);
  const isNew = isNoveltyOf(host, metric);
  measureNovelty(host, isNew && !room.late);
  writeStatistics(point, j, room);
  writeBaseline(baseline, j, room.baselineColumns);
  if (baseline !== null) room.baseline = room.baselineColumns;
  if (room.late) return wasWarm;
  const due = learnPoint(series, point);
  if (!isNew && isWarm(series)) host.novelty = null;
  if (due !== null) publish(room, { metric, baseline: due });
  return wasWarm;
}

/** Of a late reading nobody knows what came before it. */
function measureNovelty({ novelty, point }: HostState, isKnown: boolean): void {
  point[NOVELTY_AT] =
    novelty === null || !isKnown
      ? COLD_NOVELTY
      : takeNovelty(novelty, point[READING_AT] as number, point[SCALE_AT] as number);
}

function publish(room: ObservationRoom, due: DueBaseline): void {
  if (room.published === NOTHING_DUE) room.published = [due];
  else room.published.push(due);
}

function writeStatistics(point: Point, j: number, { statistics }: ObservationRoom): void {
  for (let k = 0; k < statistics.length; k++) {
    const { at } = STATISTICS[k] as SeriesStatistic;
    (statistics[k] as ObservationRoom['statistics'][number]).values[j] = point[at] as number;
  }
}

function writeBaseline(baseline: PublishedBaseline | null, j: number, columns: BaselineColumns): void {
  columns.version[j] = baseline === null ? 0 : baseline.version;
  columns.mean[j] = baseline === null ? 0 : baseline.mean;
  columns.standardDeviation[j] = baseline === null ? 0 : baseline.standardDeviation;
  columns.p99[j] = baseline === null ? 0 : baseline.p99;
}
