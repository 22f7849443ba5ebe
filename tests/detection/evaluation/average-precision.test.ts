import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../detection/evaluation/average-precision.js';
import { EVALUATION_VECTORS } from './vectors.js';

describe('average precision', () => {
  it.each(EVALUATION_VECTORS)('equals scikit-learn on $name', (vector) => {
    const gap = averagePrecision(vector.label, vector.score) - vector.average_precision;
    expect(Math.abs(gap)).toBeLessThan(1e-14);
  });

  it('is step-wise: ties count at the precision of all of them', () => {
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(5 / 6, 15);
    expect(averagePrecision([1, 0, 1, 0], [2, 2, 2, 2])).toBe(0.5);
  });

  it('refuses labels without an anomaly', () => {
    expect(() => averagePrecision([0, 0], [1, 2])).toThrow(/no row is labelled/);
  });
});
