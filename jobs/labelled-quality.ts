import { averagePrecision } from '../detection/evaluation/average-precision.js';
import { alarmQuality } from '../detection/evaluation/f-score.js';
import { rocAuc } from '../detection/evaluation/roc-auc.js';

/** How well scores and a boundary agree with labels, row by row, without point adjustment. Each 0 to 1. */
export interface LabelledQuality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** null when the rows are all of one kind: nothing can be ranked then. */
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

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
