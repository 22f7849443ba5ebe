import { Gauge, Histogram } from 'prom-client';
import type { DeliveryObserver } from '../../common/kafka/delivery/delivery.js';
import type { GroupPosition } from '../../common/kafka/delivery/partition-positions.js';
import type { DeliveryRecord } from '../../common/kafka/delivery/target.js';
import { type MetricsRegistry, stageMetrics } from '../../common/metrics.js';
import { buildPoint } from './point.js';

/** Latencies that are kept for the quantiles of one interval; beyond it every further one is left out. */
const LATENCIES = 20_000;

/** Figures of one interval, as the `pipeline` measurement shows them. */
interface Interval {
  records: number;
  points: number;
  deadLetters: number;
  readonly latencies: number[];
}

/** Counts what the sink does: for Prometheus since the start, for `pipeline` since the last point. */
export interface SinkFigures {
  readonly observer: DeliveryObserver;
  /** Sets the lag from the group's positions; returns its sum over all partitions, records. */
  lag(positions: readonly GroupPosition[]): number;
  targetUp(up: boolean | null): void;
  /** Returns the line of `pipeline` for the interval that ends at `now` (ms), and begins the next one. */
  line(instance: string, now: number, lag: number): string | undefined;
}

/** Returns counters registered under `tidewatch_sink_influxdb_...`. `now`: milliseconds since the epoch. */
export function createFigures(registry: MetricsRegistry, now: () => number): SinkFigures {
  const stage = stageMetrics(registry, 'sink-influxdb');
  const write = new Histogram({
    name: 'tidewatch_sink_influxdb_write_seconds',
    help: 'Time of one write, by what became of it',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const up = new Gauge({
    name: 'tidewatch_sink_influxdb_target_up',
    help: '1 while InfluxDB takes writes, 0 while it does not',
    registers: [registry],
  });
  let interval = emptyInterval();
  const observer: DeliveryObserver = {
    delivered(records: readonly DeliveryRecord[], items: number) {
      const time = now();
      interval.records += records.length;
      interval.points += items;
      stage.consumed.inc(records.length);
      stage.produced.inc({ topic: 'influxdb' }, items);
      for (const { timestamp } of records) {
        stage.latency.observe((time - timestamp) / 1_000);
        if (interval.latencies.length < LATENCIES) interval.latencies.push(time - timestamp);
      }
    },
    rejected(_, code) {
      interval.deadLetters += 1;
      stage.consumed.inc();
      stage.rejected.inc({ code });
    },
    filtered: (_, reason) => stage.filtered.inc({ reason }),
    wrote: (seconds, outcome) => write.observe({ outcome }, seconds),
  };
  return {
    observer,
    lag(positions) {
      let sum = 0;
      for (const { topic, partition, committed, low, end } of positions) {
        const behind = Math.max(0, end - Math.max(committed, low));
        stage.lag.set({ partition: `${topic}/${partition}` }, behind);
        sum += behind;
      }
      return sum;
    },
    targetUp: (state) => up.set(state === true ? 1 : 0),
    line(instance, time, lag) {
      const { records, points, deadLetters, latencies } = interval;
      interval = emptyInterval();
      const sorted = latencies.sort((a, b) => a - b);
      const encoded = buildPoint({
        measurement: 'pipeline',
        tags: { process: 'sink-influxdb', instance },
        fields: [
          ['records', records],
          ['points', points],
          ['dead_letters', deadLetters],
          ['lag', lag],
          ...(sorted.length === 0
            ? []
            : ([
                ['latency_p50_ms', nearestRank(sorted, 0.5)],
                ['latency_p95_ms', nearestRank(sorted, 0.95)],
              ] as const)),
        ],
        timestamp: time,
        sequence: 0,
      });
      return encoded.ok ? encoded.point.toLineProtocol() : undefined;
    },
  };
}

function emptyInterval(): Interval {
  return { records: 0, points: 0, deadLetters: 0, latencies: [] };
}

/** Returns the smallest value that at least the given share of the sorted values does not exceed. */
function nearestRank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
