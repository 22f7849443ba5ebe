import { moments } from '../detection/statistics/moments.js';

/** Readings of some metrics. */
export interface Readings {
  readonly metrics: readonly string[];
  readonly values: readonly number[];
}

/** Returns the population standard deviation of every metric over the readings that have it; 0 for a constant. O(values). */
export function metricSpreads(readings: Iterable<Readings>): ReadonlyMap<string, number> {
  const series = new Map<string, number[]>();
  for (const { metrics, values } of readings) {
    metrics.forEach((metric, i) => {
      const value = values[i];
      if (value === undefined) return;
      const known = series.get(metric);
      if (known === undefined) series.set(metric, [value]);
      else known.push(value);
    });
  }
  return new Map([...series].map(([metric, values]) => [metric, moments(values).standardDeviation]));
}
