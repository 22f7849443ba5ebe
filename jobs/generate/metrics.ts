/** How one metric behaves while nothing happens. */
export interface MetricForm {
  readonly name: string;
  /** Value at a load of 1. */
  readonly level: number;
  /** How strongly it follows the load that all metrics share: its power. */
  readonly follow: number;
  /** Slow wandering of its own, and noise from row to row: shares of the value. */
  readonly wander: number;
  readonly jitter: number;
  /** Largest value that it can have; the smallest is 0. */
  readonly most: number;
}

const OPEN = Number.POSITIVE_INFINITY;

/** A host's metrics, in the order in which they are taken. Names are those of the simulator and the collector. */
const HOST: readonly MetricForm[] = [
  { name: 'cpu_percent', level: 35, follow: 1, wander: 0.03, jitter: 0.04, most: 100 },
  { name: 'memory_percent', level: 55, follow: 0.2, wander: 0.015, jitter: 0.004, most: 100 },
  { name: 'load_1m', level: 2.2, follow: 1.1, wander: 0.03, jitter: 0.05, most: OPEN },
  { name: 'network_in_bytes_per_second', level: 4e6, follow: 1, wander: 0.04, jitter: 0.06, most: OPEN },
  { name: 'network_out_bytes_per_second', level: 2.4e6, follow: 1, wander: 0.04, jitter: 0.06, most: OPEN },
  { name: 'disk_read_bytes_per_second', level: 3e5, follow: 0.7, wander: 0.05, jitter: 0.12, most: OPEN },
  { name: 'disk_write_bytes_per_second', level: 9e5, follow: 0.8, wander: 0.05, jitter: 0.1, most: OPEN },
  { name: 'disk_used_percent', level: 48, follow: 0, wander: 0.01, jitter: 0.0005, most: 100 },
];

const SERVICE: readonly MetricForm[] = [
  { name: 'requests_per_second', level: 180, follow: 1, wander: 0.03, jitter: 0.05, most: OPEN },
  { name: 'latency_ms', level: 45, follow: 0.4, wander: 0.05, jitter: 0.08, most: OPEN },
  { name: 'errors_per_second', level: 0.4, follow: 0.5, wander: 0.1, jitter: 0.3, most: OPEN },
  { name: 'busy_percent', level: 40, follow: 0.9, wander: 0.03, jitter: 0.05, most: 100 },
];

/** Returns `count` metrics with distinct names: those of a host, then those of its services. */
export function metricForms(count: number): readonly MetricForm[] {
  const services = Math.ceil(Math.max(0, count - HOST.length) / SERVICE.length);
  const ofServices = Array.from({ length: services }, (_, i) =>
    SERVICE.map((form) => ({ ...form, name: `service_${i + 1}_${form.name}` })),
  );
  return [...HOST, ...ofServices.flat()].slice(0, count);
}

/** Returns about one standard deviation of a metric over a day, in its own unit: what incidents are measured by. */
export function usualSpread({ level, follow, wander, jitter }: MetricForm): number {
  return level * Math.hypot(0.2 * follow, wander, jitter);
}
