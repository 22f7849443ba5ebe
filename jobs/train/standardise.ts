import type { ForestFeature } from '../../detection/detectors/forest-inputs.js';
import { quantiles } from '../../detection/statistics/quantile.js';
import type { TrainingRow } from './training-row.js';

/** A metric that fewer of the rows hold is a stray name, not an input of the group's model. */
const LEAST_PRESENCE = 0.05;
/** Least scale, in the unit of the statistic (deviations): under it a metric is constant, and its noise means nothing. */
const LEAST_SCALE = 0.01;

/** Which statistic of every metric the forest reads. */
export interface FeatureChoice {
  readonly statistic: string;
  readonly window: number;
}

/**
 * Returns the forest's inputs: the chosen statistics of every metric that at least 5 % of the rows hold, metrics in order of their
 * names, each with its training median as centre and its population standard deviation (0.01 and more) as scale.
 */
export function chooseFeatures(
  rows: readonly TrainingRow[],
  choices: readonly FeatureChoice[],
): ForestFeature[] {
  const presence = new Map<string, number>();
  for (const { metrics } of rows) {
    for (const metric of metrics) presence.set(metric, (presence.get(metric) ?? 0) + 1);
  }
  const metrics = [...presence.keys()]
    .filter((metric) => (presence.get(metric) ?? 0) >= LEAST_PRESENCE * rows.length)
    .sort();
  return metrics.flatMap((metric) =>
    choices.flatMap((choice) => {
      const values = valuesOf(rows, metric, choice);
      return values.length === 0 ? [] : [{ metric, ...choice, ...centreAndScale(values) }];
    }),
  );
}

function valuesOf(
  rows: readonly TrainingRow[],
  metric: string,
  { statistic, window }: FeatureChoice,
): number[] {
  const values: number[] = [];
  for (const row of rows) {
    const column = row.statistics.find((entry) => entry.name === statistic && entry.window === window);
    const value = column?.values[row.metrics.indexOf(metric)];
    if (value !== undefined && Number.isFinite(value)) values.push(value);
  }
  return values;
}

function centreAndScale(values: readonly number[]): { centre: number; scale: number } {
  const [centre = 0] = quantiles(values, [0.5]);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { centre, scale: Math.max(Math.sqrt(variance), LEAST_SCALE) };
}
