import { describe, expect, it } from 'vitest';
import { anomalyScores, pathLength, pathLengths } from '../../../detection/isolation-forest/score.js';
import { importSklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';
import { largestGap, loadVector, VECTOR_NAMES } from './vectors.js';

describe('scores against scikit-learn', () => {
  it.each(VECTOR_NAMES)('%s: path lengths and score_samples agree within 1e-9', (name) => {
    const { vector, rows } = loadVector(name);
    const forest = importSklearnForest(vector);
    const out = new Float64Array(vector.X.length);
    pathLengths(forest, rows, out.length, out);
    expect(largestGap(out, vector.mean_path_length)).toBeLessThan(1e-9);
    anomalyScores(forest, rows, out.length, out);
    expect(
      largestGap(
        out,
        vector.score_samples.map((score) => -score),
      ),
    ).toBeLessThan(1e-9);
  });

  it('a single row scores as in a batch', () => {
    const { vector, rows } = loadVector('iforest_f8_t50');
    const forest = importSklearnForest(vector);
    expect(pathLength(forest, rows.subarray(8, 16))).toBeCloseTo(vector.mean_path_length[1] ?? 0, 12);
  });
});

describe('batches', () => {
  it.each([1, 2, 3, 5, 50])('a row has the same path length, bit for bit, in batches of %i', (size) => {
    const { vector, rows } = loadVector('iforest_f8_t50');
    const forest = importSklearnForest(vector);
    const whole = new Float64Array(50);
    pathLengths(forest, rows, 50, whole);
    const inParts = Array.from({ length: Math.ceil(50 / size) }, (_, part) => {
      const count = Math.min(size, 50 - part * size);
      const out = new Float64Array(count);
      pathLengths(forest, rows.subarray(part * size * 8), count, out);
      return [...out];
    });
    expect(inParts.flat()).toEqual([...whole]);
  });
});

describe('comparison in float32', () => {
  const tree = {
    children_left: [1, -1, -1],
    children_right: [2, -1, -1],
    feature: [0, -2, -2],
    threshold: [0.1, -2, -2],
    n_node_samples: [4, 1, 3],
  };
  const imported = importSklearnForest({ n_features: 1, max_samples: 4, trees: [tree] });
  // fround(0.1) is above the double 0.1, so scikit-learn sends the row 0.1 to the right of the threshold 0.1.
  const row = Float64Array.of(0.1);

  it('rounds rows of an imported forest, and only of such', () => {
    expect(pathLength(imported, row)).toBeGreaterThan(2);
    expect(pathLength({ ...imported, castsToFloat32: false }, row)).toBe(1);
  });
});

describe('arguments', () => {
  const { vector, rows } = loadVector('iforest_f3_t20');
  const forest = importSklearnForest(vector);

  it('refuses more rows than the arrays hold', () => {
    expect(() => pathLengths(forest, rows, 51, new Float64Array(51))).toThrow(
      '150 values are not 51 rows of 3',
    );
    expect(() => pathLengths(forest, rows, 50, new Float64Array(49))).toThrow('49 places for 50');
  });

  it('gives a missing value a defined path: to the right', () => {
    const missing = Float64Array.of(Number.NaN, Number.NaN, Number.NaN);
    const greatest = Float64Array.of(Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE);
    expect(pathLength(forest, missing)).toBe(pathLength(forest, greatest));
  });
});
