import { TidewatchError } from '../../common/errors.js';
import { type HistoryRow, HostSums } from './host-sums.js';

/** The stretch of time that is collected. */
export interface HistoryRange {
  /** First moment and the one after the last, ms; multiples of `bucketMs`. */
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
}

/** One host's history. */
export interface HostHistory {
  readonly host: string;
  /** Sorted. */
  readonly metrics: readonly string[];
  /** Rows from the first bucket with a value to the last; those between without any have one as well. */
  readonly rowCount: number;
  rows(): Iterable<HistoryRow>;
}

/** Sums up values as they come, in any order. */
export interface History {
  /** Takes one value; outside the range it is passed over. Throws BAD_SETTINGS. */
  add(host: string, timestamp: number, metric: string, value: number): void;
  /** Returns the hosts with values, by name. */
  hosts(): HostHistory[];
}

/** Returns the range of the last `hours` before `now` (ms): whole buckets, the one that is still going on included. */
export function lastHours(now: number, hours: number, bucketMs: number): HistoryRange {
  const start = (time: number) => Math.floor(time / bucketMs) * bucketMs;
  return { from: start(now - hours * 3_600_000), to: start(now) + bucketMs, bucketMs };
}

/** Refuses a range of more rows than a file shall have, before anything is read. Throws BAD_SETTINGS with what would fit. */
export function requireRows({ from, to, bucketMs }: HistoryRange, most: number): void {
  const rows = (to - from) / bucketMs;
  if (rows <= most) return;
  // The range has up to two buckets more than its length.
  const fitting = Math.ceil((to - from) / Math.max(1, most - 2));
  throw tooMuch(
    `${rows} buckets of ${bucketMs} ms (HISTORY_BUCKET_MS) are more than the ${most} rows that a file may have (HISTORY_MAX_ROWS): ${fitting} ms would fit, or fewer HISTORY_HOURS`,
    { rows, most },
  );
}

/** Returns an empty history. It holds at most `most` averages, one per bucket, host and metric: 22 bytes each with 38 metrics a host, 72 with 3. */
export function createHistory({ from, to, bucketMs }: HistoryRange, most: number): History {
  const hosts = new Map<string, HostSums>();
  let averages = 0;
  return {
    add: (host, timestamp, metric, value) => {
      if (timestamp < from || timestamp >= to) return;
      const sums = hosts.get(host) ?? new HostSums();
      hosts.set(host, sums);
      averages += sums.add(Math.floor(timestamp / bucketMs), metric, value);
      if (averages > most)
        throw tooMuch(
          `more than ${most} averages of ${hosts.size} hosts (HISTORY_MAX_AVERAGES), one per bucket, host and metric: name one with --host, take longer buckets (HISTORY_BUCKET_MS) or fewer HISTORY_HOURS`,
          { hosts: hosts.size, most },
        );
    },
    hosts: () =>
      [...hosts.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([host, sums]) => ({
          host,
          metrics: sums.metrics(),
          rowCount: sums.rowCount,
          rows: () => sums.rows(bucketMs),
        })),
  };
}

function tooMuch(reason: string, facts: Readonly<Record<string, number>>): TidewatchError {
  return new TidewatchError({
    code: 'BAD_SETTINGS',
    retriable: false,
    message: `collecting history: ${reason}`,
    facts,
  });
}
