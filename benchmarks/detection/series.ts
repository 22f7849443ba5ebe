import { encodeHost } from '../../detection/series/host-bytes.js';
import { emptyHost, type HostState } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';

/**
 * Cost of a host's event in `window`'s mathematics: six statistics and learning, per metric. Prints one JSON line per number of metrics.
 * Run: build, then `node --expose-gc dist/benchmarks/detection/series.js` (or with any TypeScript runner).
 */
const EVENTS = 40_000;
const ROUNDS = 5;
const MAX_AGE_MS = 86_400_000;

interface Feed {
  readonly metrics: readonly string[];
  /** Values of the events, reused in a circle. */
  readonly values: readonly (readonly number[])[];
}

function feedOf(count: number): Feed {
  const metrics = Array.from({ length: count }, (_, j) => `metric.${String(j).padStart(2, '0')}`);
  const values = Array.from({ length: 1024 }, (_, i) =>
    metrics.map((_, j) => Math.sin(i / 40 + j) * 10 + ((i * 7919 + j * 104_729) % 1000) / 250 + 50),
  );
  return { metrics, values };
}

function observeEvents(host: HostState, feed: Feed, from: number): number {
  let sum = 0;
  for (let i = from; i < from + EVENTS; i++) {
    const timestamp = i * 1000;
    const { metrics } = feed;
    const values = feed.values[i % feed.values.length] ?? [];
    const seen = observe(host, { timestamp, appendTime: timestamp, metrics, values }, MAX_AGE_MS);
    sum += seen.statistics.length;
  }
  return sum;
}

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes held per series, from many hosts with full rings and a published baseline; null without --expose-gc. */
function bytesPerSeries(feed: Feed): number | null {
  if (globalThis.gc === undefined) return null;
  const before = heapBytes();
  const hosts = Array.from({ length: 200 }, emptyHost);
  for (const host of hosts)
    for (let i = 0; i < 200; i++) {
      const values = feed.values[i] ?? [];
      observe(host, { timestamp: i, appendTime: i, metrics: feed.metrics, values }, MAX_AGE_MS);
    }
  const held = heapBytes() - before;
  return Math.round(held / (hosts.length * feed.metrics.length));
}

for (const count of [1, 3, 38]) {
  const feed = feedOf(count);
  const host = emptyHost();
  observeEvents(host, feed, 0);
  const micros: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const start = process.cpuUsage();
    observeEvents(host, feed, round * EVENTS);
    const { user, system } = process.cpuUsage(start);
    micros.push((user + system) / EVENTS);
  }
  micros.sort((a, b) => a - b);
  const median = micros[ROUNDS >> 1] ?? Number.NaN;
  console.log(
    JSON.stringify({
      benchmark: 'detection/series',
      metrics: count,
      events: EVENTS * ROUNDS,
      cpuMicrosecondsPerEvent: { median, min: micros[0], max: micros[ROUNDS - 1] },
      cpuMicrosecondsPerMetric: median / count,
      snapshotBytesPerSeries: Math.round(encodeHost(host).length / count),
      heapBytesPerSeries: bytesPerSeries(feed),
      node: process.version,
    }),
  );
}
