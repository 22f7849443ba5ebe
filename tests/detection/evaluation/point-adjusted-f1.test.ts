import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/random.js';
import { bestF1 } from '../../../detection/evaluation/f-score.js';
import { pointAdjustedBestF1 } from '../../../detection/evaluation/point-adjusted-f1.js';
import { EVALUATION_VECTORS } from './vectors.js';

describe('point-adjusted best F1', () => {
  it.each(EVALUATION_VECTORS)('equals the reference on $name', (vector) => {
    const best = pointAdjustedBestF1(vector.label, vector.score);
    expect(Math.abs(best.f1 - vector.best_f1_point_adjusted)).toBeLessThan(1e-15);
  });

  it('counts a whole segment for one alarm', () => {
    // At 5 the segment of three is found by one row; one false alarm stands above the lone fourth row.
    expect(pointAdjustedBestF1([0, 1, 1, 1, 0, 1], [0, 0, 5, 0, 4, 3])).toEqual({ f1: 8 / 9, threshold: 3 });
  });

  it('praises noise, which is why nothing is judged by it', () => {
    const random = seededRandom(4);
    const labels = Array.from({ length: 20_000 }, (_, i) => (i % 4000 >= 3700 ? 1 : 0));
    const noise = labels.map(() => random());
    expect(bestF1(labels, noise).f1).toBeLessThan(0.2);
    expect(pointAdjustedBestF1(labels, noise).f1).toBeGreaterThan(0.8);
  });
});
