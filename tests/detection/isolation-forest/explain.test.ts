import { describe, expect, it } from 'vitest';
import { additivityGap, createExplainer, type ExplainerOptions } from '../../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../../detection/isolation-forest/forest.js';
import { importSklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';
import { largestGap, loadVector, VECTOR_NAMES } from './vectors.js';

function explain(forest: CompiledForest, rows: Float64Array, options: ExplainerOptions = {}) {
  const explainer = createExplainer(forest, options);
  const count = rows.length / forest.featureCount;
  const shap = new Float64Array(count * explainer.playerCount);
  const lengths = new Float64Array(count);
  explainer.explainBatch(rows, count, shap, lengths);
  return { explainer, shap, lengths, gap: additivityGap(explainer, shap, lengths, count) };
}

describe('explanations against shap.TreeExplainer', () => {
  it.each(VECTOR_NAMES)('%s: values, expected value and path lengths agree within 1e-9', (name) => {
    const { vector, rows } = loadVector(name);
    const { explainer, shap, lengths, gap } = explain(importSklearnForest(vector), rows);
    expect(explainer.method).toBe(vector.n_features <= 4 ? 'tabulated' : 'path');
    console.log(name, largestGap(shap, vector.shap_values.flat()), gap);
    expect(Math.abs(explainer.expectedValue - vector.shap_expected_value)).toBeLessThan(1e-9);
    expect(largestGap(shap, vector.shap_values.flat())).toBeLessThan(1e-9);
    expect(largestGap(lengths, vector.mean_path_length)).toBeLessThan(1e-9);
    expect(gap).toBeLessThan(1e-9);
  });

  it('the path algorithm gives the tabulated values within 1e-12', () => {
    const { vector, rows } = loadVector('iforest_f3_t20');
    const forest = importSklearnForest(vector);
    const path = explain(forest, rows, { maximumTableBytes: 0 });
    expect(path.explainer.method).toBe('path');
    expect(largestGap(path.shap, explain(forest, rows).shap)).toBeLessThan(1e-12);
  });
});
