import { createExplainer } from '../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { anomalyScores } from '../../detection/isolation-forest/score.js';
import { type Measurement, perEvent, type Task, timeWarm } from './measurement.js';
import { correlatedRows, grownForest } from './rows.js';

/** Rows of one call. */
const BATCHES = [256, 64, 1] as const;

/** Sets of rows that take turns: a repeat must not profit from what was computed for the rows of the one before. */
const ROW_SETS = 5;

/** Time per row of a forest of 100 trees and `shape` features, each feature a player: the score alone, and the score with all Shapley values. */
export function measureForest({ shape, events, repeats }: Task): Measurement[] {
  const sets = Array.from({ length: ROW_SETS }, (_, set) => correlatedRows(events, shape, 7 + set));
  return measureForestOn(grownForest(shape), sets, repeats);
}

/** The same for any forest and one or more sets of as many rows; their number is a multiple of 256. */
export function measureForestOn(
  forest: CompiledForest,
  sets: readonly Float64Array[],
  repeats: number,
): Measurement[] {
  const events = (sets[0]?.length ?? 0) / forest.featureCount;
  const explainer = createExplainer(forest);
  const lengths = new Float64Array(events);
  const shap = new Float64Array(events * explainer.playerCount);
  const { method } = explainer;
  const tableMegabytes = Math.round(explainer.tableBytes / 1e4) / 100;
  return BATCHES.flatMap((size) => {
    const batches = sets.map((rows) => batchesOf(rows, size * forest.featureCount));
    const scores = timeWarm(repeats, (i) => {
      for (const batch of batches[i % sets.length] ?? []) anomalyScores(forest, batch, size, lengths);
    });
    const explanations = timeWarm(repeats, (i) => {
      for (const batch of batches[i % sets.length] ?? []) explainer.explainBatch(batch, size, shap, lengths);
    });
    const explained = perEvent(`score and SHAP, batches of ${size}`, events, explanations);
    return [
      perEvent(`score, batches of ${size}`, events, scores),
      { ...explained, facts: { ...explained.facts, method, tableMegabytes } },
    ];
  });
}

function batchesOf(rows: Float64Array, length: number): Float64Array[] {
  return Array.from({ length: Math.floor(rows.length / length) }, (_, i) =>
    rows.subarray(i * length, (i + 1) * length),
  );
}
