import type { CsvReading, RowTimes } from '../../common/csv/csv-rows.js';
import { type ReplayIdentity, replayedEvent } from '../../common/csv/replayed-event.js';
import { fileDigest, surveyCsv } from '../../common/csv/survey-csv.js';
import { TidewatchError } from '../../common/errors.js';
import { groupOf } from '../../detection/series/group.js';
import { metricEventCodec } from '../../schemas/metric-event.js';

export interface ReplayFile {
  /** Path of a .csv or .csv.gz file. */
  readonly path: string;
  readonly host: string;
  /** Model group; null = the fingerprint of the columns. */
  readonly group: string | null;
  /** Column that is no metric; null for none. */
  readonly labelColumn: string | null;
  /** Times of rows that have none. */
  readonly times: RowTimes;
}

/** What will be published. */
export interface ReplayPlan {
  readonly identity: ReplayIdentity;
  /** Rows of the file, and those of them that hold a number and become events. */
  readonly rows: number;
  readonly events: number;
}

/** The window processor refuses event times that lie further ahead of their append time, ms. */
const MOST_AHEAD_MS = 600_000;

/**
 * Reads a whole file before its first row is published, so that nothing of a file that is refused gets out. The identity of an event is a
 * digest of the file and of all that its events depend on, a colon and the row: the same replay gives the same events.
 * Throws BAD_CSV, FILE_UNREADABLE, BAD_INPUT (a name or a time that no event may have, a time that lies in the future).
 * @param now milliseconds since the epoch
 */
export async function planReplay(file: ReplayFile, now: number): Promise<ReplayPlan> {
  const { path, host, labelColumn, times } = file;
  const digest = await fileDigest(path, [
    host,
    file.group ?? '',
    labelColumn ?? '',
    `${times.startMs}/${times.intervalMs}`,
  ]);
  const replayId = digest.slice(0, 16);
  let events = 0;
  let identity: ReplayIdentity | null = null;
  const survey = await surveyCsv(path, labelColumn, times, (reading) => {
    identity ??= { host, group: file.group ?? groupOf({}, reading.columns), replayId };
    if (!isEvent(reading)) return;
    events += 1;
    requireUsable(reading, identity, now);
  });
  return {
    identity: identity ?? { host, group: file.group ?? groupOf({}, survey.columns), replayId },
    rows: survey.rows,
    events,
  };
}

/** Returns whether a row becomes an event: one without any number has nothing to say. */
export function isEvent(reading: CsvReading): boolean {
  return reading.metrics.length > 0;
}

function requireUsable(reading: CsvReading, identity: ReplayIdentity, now: number): void {
  const problem = metricEventCodec.problemOf(replayedEvent(reading, identity));
  if (problem !== null) throw badInput(reading.row, problem.reason);
  if (reading.timestamp > now + MOST_AHEAD_MS)
    throw badInput(reading.row, 'its time lies in the future, and the window processor would refuse it');
}

function badInput(row: number, reason: string): TidewatchError {
  return new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: `replaying row ${row}: ${reason}`,
    facts: { row },
  });
}
