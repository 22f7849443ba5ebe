/** The stretch of time that is collected. */
export interface HistoryRange {
  /** First moment and the one after the last, ms; multiples of `bucketMs`. */
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
}

/** Averages of one host's metrics in one bucket of time. */
export interface HistoryRow {
  /** Start of the bucket, ms. */
  readonly timestamp: number;
  /** In the order of the host's metrics; null where the bucket has no value. */
  readonly values: readonly (number | null)[];
}

/** One host's history. */
export interface HostHistory {
  readonly host: string;
  /** Sorted. */
  readonly metrics: readonly string[];
  /** From the first bucket with a value to the last; those between without any have a row as well. */
  readonly rows: readonly HistoryRow[];
}

/** Sums up values as they come, in any order. */
export interface History {
  /** Takes one value; outside the range it is passed over. */
  add(host: string, timestamp: number, metric: string, value: number): void;
  /** Returns the hosts with values, by name. */
  hosts(): HostHistory[];
}

interface Sum {
  total: number;
  count: number;
}

/** Sums of one host: by bucket, then by metric. */
type HostSums = Map<number, Map<string, Sum>>;

/** Returns the range of the last `hours` before `now` (ms): whole buckets, the one that is still going on included. */
export function lastHours(now: number, hours: number, bucketMs: number): HistoryRange {
  const start = (time: number) => Math.floor(time / bucketMs) * bucketMs;
  return { from: start(now - hours * 3_600_000), to: start(now) + bucketMs, bucketMs };
}

/** Returns an empty history. Memory grows with the buckets that have values, not with the values. */
export function createHistory({ from, to, bucketMs }: HistoryRange): History {
  const hosts = new Map<string, HostSums>();
  return {
    add: (host, timestamp, metric, value) => {
      if (timestamp < from || timestamp >= to) return;
      const buckets = kept(hosts, host, () => new Map());
      const bucket = Math.floor(timestamp / bucketMs);
      const sums = kept(buckets, bucket, () => new Map());
      const sum = kept(sums, metric, () => ({ total: 0, count: 0 }));
      sum.total += value;
      sum.count += 1;
    },
    hosts: () =>
      [...hosts.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([host, buckets]) => historyOf(host, buckets, bucketMs)),
  };
}

function historyOf(host: string, buckets: HostSums, bucketMs: number): HostHistory {
  const metrics = [...new Set([...buckets.values()].flatMap((sums) => [...sums.keys()]))].sort();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const bucket of buckets.keys()) {
    first = Math.min(first, bucket);
    last = Math.max(last, bucket);
  }
  const rows = Array.from({ length: last - first + 1 }, (_, i) => {
    const sums = buckets.get(first + i);
    const values = metrics.map((metric) => {
      const sum = sums?.get(metric);
      return sum === undefined ? null : sum.total / sum.count;
    });
    return { timestamp: (first + i) * bucketMs, values };
  });
  return { host, metrics, rows };
}

/** Returns the value of a key, made at its first use. */
function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
