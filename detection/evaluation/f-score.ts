import {
  type Labels,
  rankedCounts,
  requireLabelled,
  requirePositives,
  type Scores,
} from './labelled-scores.js';

/** Rows by label and alarm, and the three ratios, each 0..1; a ratio of nothing is 0 (scikit-learn zero_division=0). */
export interface AlarmQuality {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The best F1 that any one threshold reaches, and that threshold: alarm when score >= threshold. */
export interface BestF1 {
  readonly f1: number;
  readonly threshold: number;
}

/**
 * Returns precision, recall and F1 row by row for an alarm at score >= threshold. O(n).
 * @throws RangeError when the threshold is NaN, and on what `requireLabelled` refuses; no labelled row is allowed (recall 0)
 */
export function alarmQuality(labels: Labels, scores: Scores, threshold: number): AlarmQuality {
  const positives = requireLabelled(labels, scores);
  if (Number.isNaN(threshold)) throw new RangeError('evaluating scores: the threshold is NaN');
  let alarms = 0;
  let hits = 0;
  for (let i = 0; i < scores.length; i += 1) {
    if ((scores[i] as number) < threshold) continue;
    alarms += 1;
    hits += labels[i] as number;
  }
  return {
    truePositives: hits,
    falsePositives: alarms - hits,
    falseNegatives: positives - hits,
    trueNegatives: scores.length - alarms - positives + hits,
    precision: ratio(hits, alarms),
    recall: ratio(hits, positives),
    f1: ratio(2 * hits, alarms + positives),
  };
}

/**
 * Returns the largest F1 over all thresholds: an oracle's figure, for it needs the labels to choose. Of equal ones the lowest
 * threshold (numpy's argmax over scikit-learn precision_recall_curve). O(n log n).
 * @throws RangeError without a labelled row, and on what `rankedCounts` refuses
 */
export function bestF1(labels: Labels, scores: Scores): BestF1 {
  const { thresholds, truePositives, falsePositives, positives } = rankedCounts(labels, scores);
  requirePositives(positives);
  let best: BestF1 = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  thresholds.forEach((threshold, k) => {
    const hits = truePositives[k] as number;
    const f1 = (2 * hits) / (hits + (falsePositives[k] as number) + positives);
    if (f1 >= best.f1) best = { f1, threshold };
  });
  return best;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
