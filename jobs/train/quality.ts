import { averagePrecision } from '../../detection/evaluation/average-precision.js';
import { alarmQuality } from '../../detection/evaluation/f-score.js';
import { rocAuc } from '../../detection/evaluation/roc-auc.js';

/** How well scores and a boundary agree with labels, row by row, without point adjustment. Each 0 to 1. */
export interface LabelledQuality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** null when the rows are all of one kind: nothing can be ranked then. */
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

/** How well scores and a boundary do without labels. Each 0 to 1. */
export interface UnlabelledQuality {
  /** Share of the rows as they were above the boundary: real anomalies among them count as false, so it is an upper limit. */
  readonly alarmShare: number;
  /** Share of the injected rows above the boundary. */
  readonly injectedRecall: number;
  /** Chance that an injected row scores above one that was left as it is. */
  readonly injectedRocAuc: number;
  /** F1 that both shares come to where one row in fifty is an anomaly. */
  readonly expectedF1: number;
}

/** Share of anomalies that the expected F1 is stated for: of the order of what labelled servers show (4 % SMD and ASD, by whole incidents). */
const ASSUMED_SHARE = 0.02;

/** Returns the quality against labels (0 or 1). An alarm is a score above the boundary. O(n log n). @throws RangeError when the lengths differ */
export function labelledQuality(
  labels: readonly number[],
  scores: readonly number[],
  boundary: number,
): LabelledQuality {
  const alarms = scores.map((score) => Number(score > boundary));
  const { precision, recall, f1 } = alarmQuality(labels, alarms, 1);
  const positives = labels.filter((label) => label === 1).length;
  const canRank = positives > 0 && positives < labels.length;
  return {
    precision,
    recall,
    f1,
    rocAuc: canRank ? rocAuc(labels, scores) : null,
    averagePrecision: canRank ? averagePrecision(labels, scores) : null,
  };
}

/** Scores of rows with injected anomalies. */
export interface InjectedScores {
  /** 1 = injected, both kinds there. */
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/**
 * Returns the quality by injected anomalies and by how many ordinary rows would alarm. Recall alone would choose the lowest boundary and
 * alarm share alone the highest: the F1 at an assumed share of anomalies weighs them as a person on call does. O(n log n).
 * @param ordinary scores of rows that were left as they are
 */
export function unlabelledQuality(
  ordinary: readonly number[],
  { labels, scores }: InjectedScores,
  boundary: number,
): UnlabelledQuality {
  const alarmShare = ordinary.filter((score) => score > boundary).length / Math.max(1, ordinary.length);
  const injected = scores.filter((_, i) => labels[i] === 1);
  const injectedRecall = injected.filter((score) => score > boundary).length / Math.max(1, injected.length);
  const found = ASSUMED_SHARE * injectedRecall;
  const alarmed = found + (1 - ASSUMED_SHARE) * alarmShare;
  return {
    alarmShare,
    injectedRecall,
    injectedRocAuc: rocAuc(labels, scores),
    expectedF1: (2 * found) / (alarmed + ASSUMED_SHARE),
  };
}
