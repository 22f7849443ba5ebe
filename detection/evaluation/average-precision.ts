import { type Labels, rankedCounts, requirePositives, type Scores } from './labelled-scores.js';

/**
 * Returns the average precision, in (0, 1]: sum over thresholds of (gain in recall) x precision, without interpolation
 * (scikit-learn average_precision_score). Chance is the share of labelled rows. O(n log n).
 * @throws RangeError without a labelled row (scikit-learn warns and answers 0), and on what `rankedCounts` refuses
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333...
 */
export function averagePrecision(labels: Labels, scores: Scores): number {
  const { truePositives, falsePositives, positives } = rankedCounts(labels, scores);
  requirePositives(positives);
  let sum = 0;
  let before = 0;
  for (let k = 0; k < truePositives.length; k += 1) {
    const hits = truePositives[k] as number;
    if (hits > before) sum += ((hits - before) * hits) / (hits + (falsePositives[k] as number));
    before = hits;
  }
  return sum / positives;
}
