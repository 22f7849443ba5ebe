import { describe, expect, it } from 'vitest';
import { rocAuc } from '../../../detection/evaluation/roc-auc.js';
import { EVALUATION_VECTORS } from './vectors.js';

describe('ROC-AUC', () => {
  it.each(EVALUATION_VECTORS)('equals scikit-learn on $name', (vector) => {
    expect(Math.abs(rocAuc(vector.label, vector.score) - vector.roc_auc)).toBeLessThan(1e-14);
  });

  it('counts a tie half', () => {
    expect(rocAuc([0, 1], [3, 3])).toBe(0.5);
    expect(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(rocAuc([0, 1, 1], [1, 1, Number.POSITIVE_INFINITY])).toBe(0.75);
    expect(rocAuc([0, 1], [-0, 0])).toBe(0.5);
  });

  it('refuses what has no answer', () => {
    expect(() => rocAuc([0, 0], [1, 2])).toThrow(/no row is labelled/);
    expect(() => rocAuc([1, 1], [1, 2])).toThrow(/every row is labelled/);
    expect(() => rocAuc([0, 1], [1])).toThrow(/2 labels for 1 scores/);
    expect(() => rocAuc([0, 1], [1, Number.NaN])).toThrow(/row 1 is NaN/);
    expect(() => rocAuc([0, 2], [1, 2])).toThrow(/label of row 1 is 2/);
  });
});
