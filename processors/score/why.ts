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
  const ranking: Ranking = { count: 0, places: newList(0), weights: newList(0.5) };
  for (let i = 0; methods > 0 && i < metrics.length; i += 1) {
    const ofForest = pathChange > 0 ? -(shap[i] as number) / pathChange : 0;
    const weight = (speaking * (contributions[i] as number) + ofForest) / methods;
    if (weight !== 0) rank(ranking, i, weight);
  }
  const reasons: Reason[] = [];
  for (let i = 0; i < ranking.count; i += 1) {
    const place = ranking.places[i] as number;
    const weight = ranking.weights[i] as number;
    reasons.push({ metric: metrics[place] as string, weight, zscore: zscores[place] ?? 0 });
  }
  return reasons;
}

/** The metrics that weigh most, as numbers: a reason for each that was among them for a while would be thrown away. */
interface Ranking {
  count: number;
  readonly places: number[];
  readonly weights: number[];
}

/** The filler tells the engine what the list is for: one of whole numbers would be made anew for the first fraction. */
function newList(filler: number): number[] {
  return new Array<number>(MOST_REASONS).fill(filler);
}

/** Takes a metric in where it belongs, behind its equals, if it is among the first. */
function rank(ranking: Ranking, metric: number, weight: number): void {
  const { places, weights } = ranking;
  let at = ranking.count;
  if (at === MOST_REASONS) {
    at -= 1;
    if (weight <= (weights[at] as number)) return;
  } else {
    ranking.count += 1;
  }
  for (; at > 0 && (weights[at - 1] as number) < weight; at -= 1) {
    places[at] = places[at - 1] as number;
    weights[at] = weights[at - 1] as number;
  }
  places[at] = metric;
  weights[at] = weight;
}
