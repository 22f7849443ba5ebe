import type { Reason } from '../../schemas/prediction.js';

/** Reasons that a verdict names. */
export const MOST_REASONS = 5;

/** What a verdict's reasons are taken from; arrays in the order of the event's metrics. */
export interface ReasonSource {
  readonly metrics: readonly string[];
  /** Share of each metric in the evidence: `contributions.ts`; 0 to 1. */
  readonly contributions: readonly number[];
  /** How many sources of evidence were heard for it. */
  readonly speaking: number;
  /** SHAP value of each metric for the forest's path length, edges; empty without an explanation. */
  readonly shap: readonly number[];
  /** Signed z of each reading; empty when the event lacks it. */
  readonly zscores: readonly number[];
}

/**
 * Returns the metrics that explain a verdict, at most five, what speaks most for an anomaly first, what speaks against one last (at a tie in the
 * order of the event). The weight of a metric is the mean of its share of the evidence, which counts once for every source heard, and of its share of the
 * sum of |SHAP|, which counts once and is negative where the metric makes the forest's path longer and the event more normal. Metrics
 * without any weight are left out. O(metrics).
 */
export function reasonsOf({ metrics, contributions, speaking, shap, zscores }: ReasonSource): Reason[] {
  let pathChange = 0;
  for (let i = 0; i < shap.length; i += 1) pathChange += Math.abs(shap[i] as number);
  const methods = speaking + (pathChange > 0 ? 1 : 0);
  const reasons: Reason[] = [];
  if (methods === 0) return reasons;
  for (let i = 0; i < metrics.length; i += 1) {
    const ofForest = pathChange > 0 ? -(shap[i] as number) / pathChange : 0;
    const weight = (speaking * (contributions[i] as number) + ofForest) / methods;
    const last = reasons[MOST_REASONS - 1];
    if (weight === 0 || (last !== undefined && weight <= last.weight)) continue;
    insert(reasons, { metric: metrics[i] as string, weight, zscore: zscores[i] ?? 0 });
  }
  return reasons;
}

/** Keeps the list ranked and no longer than it may be. */
function insert(reasons: Reason[], reason: Reason): void {
  let place = reasons.push(reason) - 1;
  for (; place > 0 && (reasons[place - 1]?.weight ?? 0) < reason.weight; place -= 1)
    reasons[place] = reasons[place - 1] as Reason;
  reasons[place] = reason;
  if (reasons.length > MOST_REASONS) reasons.pop();
}
