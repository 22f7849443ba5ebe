import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the metrics of one component are made with: two components in one process never share a registry by accident. */
export type MetricsRegistry = Registry;

/** Returns an empty registry with the process's own figures (CPU, memory, event loop). */
export function createRegistry(): MetricsRegistry {
  const registry = new Registry();
  // The event-loop monitor at its default of 10 ms costs 21 CPU seconds an hour in every process, more than reading a host's metrics.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });
  return registry;
}

/** Latency buckets from 1 ms to 60 s, seconds: what a person on call tells apart. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counters that every stage of the stream has, whatever it does. */
export interface StageMetrics {
  /** Records taken from the input. */
  readonly consumed: Counter;
  /** Records written to an output, by topic. */
  readonly produced: Counter<'topic'>;
  /** Records refused into the dead letter, by code. */
  readonly rejected: Counter<'code'>;
  /** Records dropped on purpose, by reason. */
  readonly filtered: Counter<'reason'>;
  /** From the input's append time to the commit of what followed from it. */
  readonly latency: Histogram;
  /** Records in the log that the group has not committed yet, by partition. */
  readonly lag: Gauge<'partition'>;
  /** Transactions that failed and were started over. */
  readonly restarts: Counter<'code'>;
}

/** Returns the metrics of one stage, registered under `tidewatch_<stage>_...`. */
export function stageMetrics(registry: MetricsRegistry, stage: string): StageMetrics {
  const name = (what: string) => `tidewatch_${stage.replaceAll(/[^a-z0-9]+/g, '_')}_${what}`;
  const registers = [registry];
  return {
    consumed: new Counter({
      name: name('records_consumed_total'),
      help: 'Records taken from the input topic',
      registers,
    }),
    produced: new Counter({
      name: name('records_produced_total'),
      help: 'Records written, by topic',
      labelNames: ['topic'],
      registers,
    }),
    rejected: new Counter({
      name: name('records_rejected_total'),
      help: 'Records sent to the dead letter, by code',
      labelNames: ['code'],
      registers,
    }),
    filtered: new Counter({
      name: name('records_filtered_total'),
      help: 'Records dropped on purpose, by reason',
      labelNames: ['reason'],
      registers,
    }),
    latency: new Histogram({
      name: name('latency_seconds'),
      help: 'Append time of the input to commit of the output',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    lag: new Gauge({
      name: name('lag_records'),
      help: 'Records not committed yet, by partition',
      labelNames: ['partition'],
      registers,
    }),
    restarts: new Counter({
      name: name('lane_restarts_total'),
      help: 'Transactions that failed and were started over, by code',
      labelNames: ['code'],
      registers,
    }),
  };
}
