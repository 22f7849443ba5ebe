import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import {
  additivityGap,
  createExplainer,
  type ExplainerOptions,
} from '../../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../../detection/isolation-forest/forest.js';
import { ForestBuilder } from '../../../detection/isolation-forest/forest-builder.js';
import { growForest } from '../../../detection/isolation-forest/grow.js';
import { importSklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';
import { shapleyByDefinition } from './brute-force.js';
import { largestGap, loadVector, VECTOR_NAMES } from './vectors.js';

function explain(forest: CompiledForest, rows: Float64Array, options: ExplainerOptions = {}) {
  const explainer = createExplainer(forest, options);
  const count = rows.length / forest.featureCount;
  const shap = new Float64Array(count * explainer.playerCount);
  const lengths = new Float64Array(count);
  explainer.explainBatch(rows, count, shap, lengths);
  return { explainer, shap, lengths, gap: additivityGap(explainer, shap, lengths, count) };
}

function normalRows(count: number, featureCount: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count * featureCount }, () => gaussian(random));
}

function smallForest(featureCount: number, subsampleSize = 64, trees = 5): CompiledForest {
  const rows = normalRows(300, featureCount, 3);
  return growForest({ rows, featureCount, trees, subsampleSize, random: seededRandom(4), grower: 'own' });
}

function byDefinition(forest: CompiledForest, rows: Float64Array, players: ArrayLike<number>): number[] {
  const width = forest.featureCount;
  return Array.from({ length: rows.length / width }, (_, i) =>
    shapleyByDefinition(forest, rows.subarray(i * width, (i + 1) * width), players),
  ).flat();
}

describe('explanations against shap.TreeExplainer', () => {
  it.each(VECTOR_NAMES)('%s: values, expected value and path lengths agree within 1e-9', (name) => {
    const { vector, rows } = loadVector(name);
    const { explainer, shap, lengths, gap } = explain(importSklearnForest(vector), rows);
    expect(explainer.method).toBe(vector.n_features <= 4 ? 'tabulated' : 'path');
    expect(Math.abs(explainer.expectedValue - vector.shap_expected_value)).toBeLessThan(1e-9);
    expect(largestGap(shap, vector.shap_values.flat())).toBeLessThan(1e-9);
    expect(largestGap(lengths, vector.mean_path_length)).toBeLessThan(1e-9);
    expect(gap).toBeLessThan(1e-9);
  });
});

describe('explanations against the definition', () => {
  it.each([1, 2, 3, 4])('%i features: both algorithms agree with it within 1e-12', (featureCount) => {
    const forest = smallForest(featureCount);
    const rows = normalRows(20, featureCount, 8);
    const expected = byDefinition(forest, rows, [0, 1, 2, 3].slice(0, featureCount));
    const tabulated = explain(forest, rows);
    const path = explain(forest, rows, { maximumTableBytes: 0 });
    expect([tabulated.explainer.method, path.explainer.method]).toEqual(['tabulated', 'path']);
    expect(largestGap(tabulated.shap, expected)).toBeLessThan(1e-12);
    expect(largestGap(path.shap, expected)).toBeLessThan(1e-12);
  });

  it('7 features', () => {
    const forest = smallForest(7);
    const rows = normalRows(5, 7, 8);
    const expected = byDefinition(forest, rows, [0, 1, 2, 3, 4, 5, 6]);
    expect(largestGap(explain(forest, rows).shap, expected)).toBeLessThan(1e-12);
  });

  it.each([11, 14])(
    'a leaf behind %i different features: 3 pairs of points, and more than one sweep carries',
    (size) => {
      const builder = new ForestBuilder({ featureCount: size, subsampleSize: 256, castsToFloat32: false });
      for (let feature = 0; feature < size; feature += 1) builder.split(feature, feature / size - 0.5);
      for (let leaf = 0; leaf <= size; leaf += 1) builder.leaf(1 + ((leaf * 7) % 5));
      builder.endTree();
      const forest = builder.build();
      const rows = normalRows(2, size, 8);
      const players = Array.from({ length: size }, (_, feature) => feature);
      expect(largestGap(explain(forest, rows).shap, byDefinition(forest, rows, players))).toBeLessThan(1e-12);
    },
  );

  it('grouped features are one player, in or out together', () => {
    const forest = smallForest(6);
    const rows = normalRows(10, 6, 8);
    const groups = Int32Array.of(0, 1, 0, 2, 2, 2);
    const { explainer, shap, gap } = explain(forest, rows, { groups });
    expect(explainer.playerCount).toBe(3);
    expect(largestGap(shap, byDefinition(forest, rows, groups))).toBeLessThan(1e-12);
    expect(gap).toBeLessThan(1e-12);
  });

  it('a single group is given all there is, without tables', () => {
    const forest = smallForest(6);
    const rows = normalRows(10, 6, 8);
    const groups = new Int32Array(6);
    const { explainer, shap, gap } = explain(forest, rows, { groups });
    expect([explainer.method, explainer.tableBytes]).toEqual(['single', 0]);
    expect(largestGap(shap, byDefinition(forest, rows, groups))).toBeLessThan(1e-12);
    expect(gap).toBeLessThan(1e-12);
  });

  it('rows on the split points and rows with missing values follow the trees', () => {
    const forest = smallForest(3);
    const onSplits = Array.from(forest.threshold).filter((threshold) => threshold !== 0);
    const rows = Float64Array.from([...onSplits.slice(0, 30), Number.NaN, 0, Number.NaN]);
    const expected = byDefinition(forest, rows, [0, 1, 2]);
    expect(largestGap(explain(forest, rows).shap, expected)).toBeLessThan(1e-12);
    expect(largestGap(explain(forest, rows, { maximumTableBytes: 0 }).shap, expected)).toBeLessThan(1e-12);
  });
});

describe('createExplainer', () => {
  it('gives each row the same values in a batch of any size', () => {
    const forest = smallForest(3);
    const rows = normalRows(700, 3, 2);
    const whole = explain(forest, rows).shap;
    const single = Array.from({ length: 700 }, (_, i) => [
      ...explain(forest, rows.subarray(i * 3, i * 3 + 3)).shap,
    ]);
    expect([...whole]).toEqual(single.flat());
  });

  it('falls back to paths above the bound on the tables', () => {
    const forest = smallForest(4);
    const { tableBytes } = createExplainer(forest);
    expect(createExplainer(forest, { maximumTableBytes: tableBytes }).method).toBe('tabulated');
    expect(createExplainer(forest, { maximumTableBytes: tableBytes - 1 }).method).toBe('path');
  });

  it('explains a forest of single leaves by nothing', () => {
    const rows = new Float64Array(60).fill(1);
    for (const featureCount of [3, 6]) {
      const forest = growForest({ rows, featureCount, trees: 4, subsampleSize: 8, random: seededRandom(1) });
      const { shap, gap, lengths } = explain(forest, rows);
      expect(largestGap(shap, new Float64Array(60))).toBeLessThan(1e-12);
      expect(gap).toBeLessThan(1e-12);
      expect(lengths[0]).toBeGreaterThan(0);
    }
  });

  it('refuses groups that do not fit, and arrays that are too short', () => {
    const forest = smallForest(3);
    expect(() => createExplainer(forest, { groups: Int32Array.of(0, 1) })).toThrow(
      'groups do not map 3 features',
    );
    expect(() => createExplainer(forest, { groups: Int32Array.of(0, 2, 2) })).toThrow(
      'groups do not map 3 features',
    );
    const { explainBatch } = createExplainer(forest);
    const enough = new Float64Array(6);
    expect(() => explainBatch(enough, 3, new Float64Array(9), enough)).toThrow(
      '6 values are not 3 rows of 3',
    );
    expect(() => explainBatch(enough, 2, new Float64Array(5), enough)).toThrow('no room for 2 rows');
  });
});

describe('additivityGap', () => {
  it('shows a value that was altered', () => {
    const { explainer, shap, lengths } = explain(smallForest(3), normalRows(4, 3, 2));
    shap[7] = (shap[7] ?? 0) + 0.25;
    expect(additivityGap(explainer, shap, lengths, 4)).toBeCloseTo(0.25, 12);
  });
});
