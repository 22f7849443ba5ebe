import type { BestF1 } from './f-score.js';
import { type Labels, requireLabelled, requirePositives, type Scores } from './labelled-scores.js';
import { segments } from './segments.js';

/**
 * Returns the best F1 after point adjustment, 0..1: one alarm anywhere in a labelled segment counts all its rows as found.
 * **Worthless as a measure of a detector**: random scores reach 0.77 on the server machines of SMD, because a long
 * segment is hit by chance (the case against it: Kim et al., AAAI 2022). It exists to read papers that report nothing else; nothing here is tuned or judged by it.
 * Of equal ones the lowest threshold. O(n log n).
 * @throws RangeError without a labelled row, on NaN scores, labels other than 0 and 1, or lengths that differ
 */
export function pointAdjustedBestF1(labels: Labels, scores: Scores): BestF1 {
  const positives = requireLabelled(labels, scores);
  requirePositives(positives);
  const found = segments(labels)
    .map(({ start, end }) => ({ rows: end - start + 1, highest: highestScore(scores, start, end) }))
    .sort((a, b) => b.highest - a.highest || 0);
  const normal = Float64Array.from(Array.from(scores).filter((_, i) => labels[i] === 0)).sort();
  let best: BestF1 = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  let hits = 0;
  let quiet = normal.length;
  // Between two segment maxima only false alarms are added, so the best threshold is one of the maxima; of equal maxima the last counts.
  found.forEach(({ rows, highest }) => {
    hits += rows;
    while (quiet > 0 && (normal[quiet - 1] as number) >= highest) quiet -= 1;
    const f1 = (2 * hits) / (hits + normal.length - quiet + positives);
    if (f1 >= best.f1) best = { f1, threshold: highest };
  });
  return best;
}

function highestScore(scores: Scores, start: number, end: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = start; i <= end; i += 1) highest = Math.max(highest, scores[i] as number);
  return highest;
}
