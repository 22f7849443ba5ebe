import { lengthProblem, rangeProblem } from './codec/checks.js';
import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** What one method says. */
export interface MethodVerdict {
  /** zscore, baseline or iforest. */
  readonly name: string;
  /** Calibrated score, 0 to 1; 0.5 is its own alarm boundary. */
  readonly score: number;
  /** Its alarm boundary on that scale: 0.5. */
  readonly threshold: number;
  /** True when score is above threshold. */
  readonly isAnomaly: boolean;
}

export type Role = 'production' | 'canary' | 'shadow';

/** What one metric has to do with the verdict, all methods together. */
export interface Reason {
  /** Name of the metric. */
  readonly metric: string;
  /** Mean over the methods of the metric's share of what each says, -1 to 1; above 0 = speaks for an anomaly, below 0 = speaks against one. */
  readonly weight: number;
  /** Signed distance of the reading from its long-run mean in long-run deviations: above or below, and how far. */
  readonly zscore: number;
}

/** The verdict on one event and its explanation: a function of the features record and the model version. Key: host. */
export interface Prediction {
  /** Identity of the metric event. */
  readonly id: string;
  /** Name of the host. */
  readonly host: string;
  /** Model group. */
  readonly group: string;
  /** Event time, milliseconds since the epoch. */
  readonly timestamp: number;
  /** Offset of the metric event in the metrics topic. */
  readonly sourceOffset: number;
  /** Names of the metrics, sorted. */
  readonly metrics: readonly string[];
  /** Values in the order of `metrics`. */
  readonly values: readonly number[];
  /** Anomaly score, 0 to 1; 0.5 is the alarm boundary, comparable across hosts and models; of a host with one metric, news lies from 0.75 on. */
  readonly score: number;
  /** True when the score, leaving news aside, is above the alarm boundary and a reading of this event is itself more than four long-run deviations off; never while warming up. */
  readonly isAnomaly: boolean;
  /** Share of the warm methods that agree with the verdict, 0 to 1; 0 when none is warm. */
  readonly confidence: number;
  /** The methods that are warm. */
  readonly methods: readonly MethodVerdict[];
  /** Share of each metric in the evidence of z-score and baseline, in the order of `metrics`; 0 to 1, sum 1 (all 0 without evidence). */
  readonly contributions: readonly number[];
  /** Exact SHAP value of each metric for the forest's mean path length; negative = shortens the path = stranger; empty without a forest, or where SCORE_EXPLAIN leaves it out. */
  readonly shap: readonly number[];
  /** Expected path length of the forest: expectedValue + sum(shap) = the path length of the event; 0 where there is no explanation. */
  readonly expectedValue: number;
  /** The metrics that explain the verdict, what speaks most for an anomaly first, at most five. */
  readonly why: readonly Reason[];
  /** Version of the model that scored; empty before the first. */
  readonly modelVersion: string;
  /** Role of that version. */
  readonly role: Role;
  /** Largest version of the baselines in use; 0 before the first. */
  readonly baselineVersion: number;
  /** True while the host's series or every method are still warming up. */
  readonly warmingUp: boolean;
  /** True when the event came late. */
  readonly late: boolean;
  /** Identity of the verdict that this one replaces; null for none. */
  readonly supersedes: string | null;
}

/** Codec of `prediction.avsc`. */
export const predictionCodec = recordCodec<Prediction>(new URL('./prediction.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: predictionProblem,
});

function predictionProblem(verdict: Prediction): Problem | null {
  const expected = verdict.metrics.length;
  return (
    lengthProblem('values', verdict.values.length, expected) ??
    lengthProblem('contributions', verdict.contributions.length, expected) ??
    (verdict.shap.length === 0 ? null : lengthProblem('shap', verdict.shap.length, expected)) ??
    rangeProblem('score', verdict.score, 0, 1) ??
    rangeProblem('confidence', verdict.confidence, 0, 1)
  );
}
