import { readFileSync } from 'node:fs';
import type { SklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';

/** A forest and its expected values, computed with scikit-learn 1.9.1 and shap 0.51.0 (tests/fixtures/vectors). */
export interface ForestVector extends SklearnForest {
  readonly X: readonly (readonly number[])[];
  readonly mean_path_length: readonly number[];
  readonly score_samples: readonly number[];
  readonly c_max_samples: number;
  readonly shap_expected_value: number;
  readonly shap_values: readonly (readonly number[])[];
}

export const VECTOR_NAMES = ['iforest_f3_t20', 'iforest_f8_t50', 'iforest_f38_t100'] as const;

/** Returns the vector `name` and its rows, row-major. */
export function loadVector(name: string): { vector: ForestVector; rows: Float64Array } {
  const url = new URL(`../../fixtures/vectors/${name}.json`, import.meta.url);
  const vector = JSON.parse(readFileSync(url, 'utf8')) as ForestVector;
  return { vector, rows: Float64Array.from(vector.X.flat()) };
}

/** Largest absolute difference of two lists of one length; NaN counts as infinite. */
export function largestGap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let gap = 0;
  for (let i = 0; i < actual.length; i += 1) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    gap = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(gap, difference);
  }
  return gap;
}
