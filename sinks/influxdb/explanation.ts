import type { Prediction } from '../../schemas/prediction.js';
import type { FieldValue } from './point.js';

/** How much of an explanation becomes fields: the five largest (all of them when anomalous), all, or none. */
export type Explained = 'top5' | 'all' | 'none';

const TOP = 5;

type Field = readonly [name: string, value: FieldValue];

/**
 * Returns the fields of a verdict's explanation: `shap_<metric>` (share of the forest's path length; with
 * `expected_value` they sum to it when all are written) and `contribution_<metric>` (share of the evidence of z-score and
 * baseline). Both follow the same rule, each ranked by its own size, because before the first forest the contributions
 * are the only explanation there is. O(metrics log metrics).
 */
export function explanationFields(prediction: Prediction, explained: Explained): readonly Field[] {
  if (explained === 'none') return [];
  const limit = explained === 'all' || prediction.isAnomaly ? Number.POSITIVE_INFINITY : TOP;
  const shap = largest(prediction.metrics, prediction.shap, limit);
  const contributions = largest(prediction.metrics, prediction.contributions, limit);
  return [
    ...shap.map(([metric, value]): Field => [`shap_${metric}`, value]),
    ...(shap.length === 0 ? [] : [['expected_value', prediction.expectedValue] as const]),
    ...contributions.map(([metric, value]): Field => [`contribution_${metric}`, value]),
  ];
}

/** Returns the `limit` entries that are largest by size; equal sizes keep the order of the metrics. */
function largest(
  metrics: readonly string[],
  values: readonly number[],
  limit: number,
): readonly (readonly [string, number])[] {
  const entries = metrics.flatMap((metric, index) => {
    const value = values[index];
    return value === undefined ? [] : [[metric, value] as const];
  });
  if (entries.length <= limit) return entries;
  return entries.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, limit);
}
