import type { CounterReading, ProcessorTimes } from './rates.js';

/** Counters that rates are made of, and the metric that each becomes. */
export const RATE_METRICS = {
  networkIn: 'network_in_bytes_per_second',
  networkOut: 'network_out_bytes_per_second',
  diskRead: 'disk_read_bytes_per_second',
  diskWritten: 'disk_write_bytes_per_second',
} as const;

export type CounterName = keyof typeof RATE_METRICS;

export const COUNTER_NAMES = Object.keys(RATE_METRICS) as readonly CounterName[];

/** Metrics that are read as they are. Percents 0 to 100. */
export const GAUGE_METRICS = [
  'disk_used_percent',
  'load_1m',
  'memory_percent',
  'processes',
  'swap_percent',
] as const;

export type GaugeMetric = (typeof GAUGE_METRICS)[number];

/** One look at the machine. What could not be had is absent. */
export interface MachineReading {
  /** Time of a clock that nobody sets, ms. */
  readonly monotonicMs: number;
  /** Time of the wall clock, ms. */
  readonly wallMs: number;
  readonly processors: readonly ProcessorTimes[];
  readonly gauges: Readonly<Partial<Record<GaugeMetric, number>>>;
  /** The newest counters; where they are read seldom, the same as in the look before. */
  readonly counters: Readonly<Partial<Record<CounterName, CounterReading>>>;
}

/** Looks at the machine. */
export interface MachineReader {
  /** Planned time between two readings of the counters, ms. */
  readonly countersEveryMs: number;
  /** Where counters begin again at 0: 2^32 or 2^64. */
  readonly wordSize: number;
  /** Returns one reading; a single value that cannot be had is left out, not thrown. */
  read(): Promise<MachineReading>;
}
