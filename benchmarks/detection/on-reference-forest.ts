import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createExplainer } from '../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { anomalyScores } from '../../detection/isolation-forest/score.js';
import { importSklearnForest } from '../../detection/isolation-forest/sklearn-import.js';
import { readSklearnJson } from '../../jobs/import-model/sklearn-json.js';
import { asPublished } from '../references/published-package.js';
import { spreadOf } from '../stream/spread.js';
import { measureForestOn } from './forest-speed.js';
import { type Measurement, perEvent, type Task, timeWarm } from './measurement.js';

/** Digits of a difference that are kept. */
const DIGITS = 18;

/**
 * Our times and ml-isolation-forest's on the forest and rows that the reference program left in `folder`, and how far our scores and
 * Shapley values are from scikit-learn's and shap's.
 */
export function measureOnReferenceForest({ shape, repeats, folder }: Task): Measurement[] {
  const source = readSklearnJson(readFileSync(join(folder, 'forest.json'), 'utf8'));
  const forest = importSklearnForest(source);
  const rows = doublesOf(join(folder, 'rows.f64'));
  return [
    ...differences(forest, rows, folder),
    ...measureForestOn(forest, [rows], repeats).map((ours) => ({ ...ours, name: `ours: ${ours.name}` })),
    ...measurePackage(asPublished(source), rowsOf(rows, shape), repeats),
  ];
}

function differences(forest: CompiledForest, rows: Float64Array, folder: string): Measurement[] {
  const count = rows.length / forest.featureCount;
  const explainer = createExplainer(forest);
  const shap = new Float64Array(count * explainer.playerCount);
  const lengths = new Float64Array(count);
  explainer.explainBatch(rows, count, shap, lengths);
  const scores = new Float64Array(count);
  anomalyScores(forest, rows, count, scores);
  const measured = (name: string, ours: Float64Array, file: string): Measurement => {
    const gap = largestDifference(ours, doublesOf(join(folder, file)));
    return { name, unit: '', spread: spreadOf([gap], DIGITS), facts: { values: ours.length } };
  };
  return [
    measured('largest difference of scores', scores, 'scores.f64'),
    measured('largest difference of SHAP values', shap, 'shap.f64'),
    measured('difference of expected values', Float64Array.of(explainer.expectedValue), 'expected.f64'),
  ];
}

/** Returns the largest |a - b|; NaN when the lengths differ or a value is no number, so that nothing passes for equal. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** Returns the package's times per row, all rows at once and one by one. */
export function measurePackage(
  forest: ReturnType<typeof asPublished>,
  rows: readonly number[][],
  repeats: number,
): Measurement[] {
  const singles = rows.map((row) => [row]);
  const together = timeWarm(repeats, () => forest.predict(rows));
  const oneByOne = timeWarm(repeats, () => {
    for (const single of singles) forest.predict(single);
  });
  return [
    perEvent(`ml-isolation-forest: predict, ${rows.length} rows`, rows.length, together),
    perEvent('ml-isolation-forest: predict, 1 row', rows.length, oneByOne),
  ];
}

/** Returns a matrix as the lists of lists that the package takes. */
export function rowsOf(matrix: Float64Array, width: number): number[][] {
  return Array.from({ length: matrix.length / width }, (_, row) =>
    Array.from(matrix.subarray(row * width, (row + 1) * width)),
  );
}

function doublesOf(path: string): Float64Array {
  const bytes = Uint8Array.from(readFileSync(path));
  return new Float64Array(bytes.buffer);
}
