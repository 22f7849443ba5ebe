import {
  type Labels,
  rankedCounts,
  requireNegatives,
  requirePositives,
  type Scores,
} from './labelled-scores.js';

/**
 * Returns the area under the ROC curve, 0..1: the chance that a labelled row scores above an unlabelled one, ties counting
 * half (Mann-Whitney U / (P N); scikit-learn roc_auc_score). 0.5 is chance. Time order plays no part. O(n log n).
 * @throws RangeError without a labelled or without an unlabelled row, and on what `rankedCounts` refuses
 * @example rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function rocAuc(labels: Labels, scores: Scores): number {
  const { truePositives, falsePositives, positives, negatives } = rankedCounts(labels, scores);
  requirePositives(positives);
  requireNegatives(negatives);
  // Counted in half pairs, which are whole numbers: no rounding before the last division.
  let halfPairs = 0;
  let above = 0;
  let falseAbove = 0;
  for (let k = 0; k < truePositives.length; k += 1) {
    const hits = truePositives[k] as number;
    const falses = falsePositives[k] as number;
    halfPairs += (falses - falseAbove) * (hits + above);
    above = hits;
    falseAbove = falses;
  }
  return halfPairs / (2 * positives * negatives);
}
