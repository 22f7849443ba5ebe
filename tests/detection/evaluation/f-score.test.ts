import { describe, expect, it } from 'vitest';
import { alarmQuality, bestF1 } from '../../../detection/evaluation/f-score.js';
import { EVALUATION_VECTORS } from './vectors.js';

describe('F1', () => {
  it.each(EVALUATION_VECTORS)('finds the best F1 and threshold of $name', (vector) => {
    const best = bestF1(vector.label, vector.score);
    expect(Math.abs(best.f1 - vector.best_f1)).toBeLessThan(1e-15);
    expect(best.threshold).toBe(vector.best_f1_threshold);
    expect(alarmQuality(vector.label, vector.score, best.threshold).f1).toBe(best.f1);
  });

  it('counts an alarm at the threshold itself', () => {
    expect(alarmQuality([0, 1, 1, 0, 1], [0.1, 0.5, 0.4, 0.9, 0.7], 0.5)).toEqual({
      truePositives: 2,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 2 / 3,
    });
  });

  it('answers 0, not NaN, where there is no alarm or no label', () => {
    expect(alarmQuality([0, 1], [1, 2], 3)).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(alarmQuality([0, 0], [1, 2], 3)).toMatchObject({ recall: 0, f1: 0, trueNegatives: 2 });
    expect(() => alarmQuality([0, 1], [1, 2], Number.NaN)).toThrow(/threshold is NaN/);
  });

  it('takes the lowest of equally good thresholds', () => {
    // At 4: 1 hit, no false alarm, 1 missed: F1 2/3. At 1: 2 hits, 2 false alarms: 2/3.
    expect(bestF1([1, 0, 0, 1], [4, 3, 2, 1])).toEqual({ f1: 2 / 3, threshold: 1 });
  });
});
