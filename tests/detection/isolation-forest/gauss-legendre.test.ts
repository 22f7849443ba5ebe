import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../../../detection/isolation-forest/gauss-legendre.js';

describe('gaussLegendre', () => {
  it.each([1, 2, 4, 5, 9, 20])('%i points integrate t^k over [0, 1] exactly up to k = 2n - 1', (size) => {
    const { points, weights } = gaussLegendre(size);
    for (let degree = 0; degree < 2 * size; degree += 1) {
      const integral = points.reduce((sum, point, i) => sum + (weights[i] ?? 0) * point ** degree, 0);
      expect(integral).toBeCloseTo(1 / (degree + 1), 13);
    }
  });

  it('refuses no points', () => {
    expect(() => gaussLegendre(0)).toThrow('size 0 is no count');
  });
});
