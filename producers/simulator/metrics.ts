/** The metrics of a simulated host, sorted; events carry all of them in this order. */
export const SIMULATED_METRICS = [
  'cpu_percent',
  'disk_read_bytes_per_second',
  'disk_used_percent',
  'disk_write_bytes_per_second',
  'load_1m',
  'memory_percent',
  'network_in_bytes_per_second',
  'network_out_bytes_per_second',
] as const;

export type SimulatedMetric = (typeof SIMULATED_METRICS)[number];

/** One value per metric: percent 0 to 100, rates in bytes per second and load 0 or more. */
export type Readings = Record<SimulatedMetric, number>;

/** Returns readings held to their ranges: percents to [0, 100], all others to [0, infinity). */
export function clampReadings(readings: Readings): Readings {
  const clamped = { ...readings };
  for (const metric of SIMULATED_METRICS) {
    const most = metric.endsWith('_percent') ? 100 : Number.MAX_VALUE;
    clamped[metric] = Math.min(most, Math.max(0, readings[metric]));
  }
  return clamped;
}
