/** Score per row, in time order where a metric asks for time; higher is stranger. Infinities are allowed, NaN is not. */
export type Scores = ArrayLike<number>;

/** 1 where a row is labelled anomalous, 0 elsewhere; as long as the scores. */
export type Labels = ArrayLike<number>;

/** How many labelled and unlabelled rows reach each possible threshold, from the strictest to the laxest. */
export interface RankedCounts {
  /** Distinct scores, descending; a row alarms at `thresholds[k]` when its score is >= it. */
  readonly thresholds: Float64Array;
  /** Labelled rows that alarm at thresholds[k]; the last is `positives`. */
  readonly truePositives: Float64Array;
  /** Unlabelled rows that alarm at thresholds[k]; the last is `negatives`. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Returns the counts at every distinct score: the one table behind ROC, precision-recall and best F1. O(n log n), ties in one step.
 * @throws RangeError when the lengths differ, a label is neither 0 nor 1, or a score is NaN
 */
export function rankedCounts(labels: Labels, scores: Scores): RankedCounts {
  const positives = requireLabelled(labels, scores);
  const all = Float64Array.from(scores).sort();
  const labelled = labelledScores(labels, scores, positives).sort();
  const thresholds: number[] = [];
  const truePositives: number[] = [];
  const falsePositives: number[] = [];
  let belowAll = all.length;
  let belowLabelled = labelled.length;
  while (belowAll > 0) {
    const threshold = all[belowAll - 1] as number;
    while (belowAll > 0 && all[belowAll - 1] === threshold) belowAll -= 1;
    while (belowLabelled > 0 && labelled[belowLabelled - 1] === threshold) belowLabelled -= 1;
    const hits = positives - belowLabelled;
    thresholds.push(threshold);
    truePositives.push(hits);
    falsePositives.push(all.length - belowAll - hits);
  }
  return {
    thresholds: Float64Array.from(thresholds),
    truePositives: Float64Array.from(truePositives),
    falsePositives: Float64Array.from(falsePositives),
    positives,
    negatives: all.length - positives,
  };
}

function labelledScores(labels: Labels, scores: Scores, positives: number): Float64Array {
  const labelled = new Float64Array(positives);
  let next = 0;
  for (let i = 0; i < labels.length; i += 1) {
    if (labels[i] === 1) labelled[next++] = scores[i] as number;
  }
  return labelled;
}

/**
 * Returns the number of labelled rows. O(n).
 * @throws RangeError when the lengths differ, a label is neither 0 nor 1, or a score is NaN
 */
export function requireLabelled(labels: Labels, scores: Scores): number {
  if (labels.length !== scores.length)
    throw new RangeError(`evaluating scores: ${labels.length} labels for ${scores.length} scores`);
  for (let i = 0; i < scores.length; i += 1) {
    if (Number.isNaN(scores[i])) throw new RangeError(`evaluating scores: the score of row ${i} is NaN`);
  }
  return requireBinary(labels, 'label');
}

/**
 * Returns the number of ones. O(n).
 * @param what the word for one value in the error message
 * @throws RangeError when a value is neither 0 nor 1
 */
export function requireBinary(values: ArrayLike<number>, what: string): number {
  let ones = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value !== 0 && value !== 1)
      throw new RangeError(`evaluating scores: the ${what} of row ${i} is ${value}, not 0 or 1`);
    ones += value;
  }
  return ones;
}

/** @throws RangeError when there is no labelled row: recall, and all that is built on it, has no meaning then */
export function requirePositives(positives: number): void {
  if (positives === 0) throw new RangeError('evaluating scores: no row is labelled anomalous');
}

/** @throws RangeError when every row is labelled: a false-positive rate has no meaning then */
export function requireNegatives(negatives: number): void {
  if (negatives === 0) throw new RangeError('evaluating scores: every row is labelled anomalous');
}
