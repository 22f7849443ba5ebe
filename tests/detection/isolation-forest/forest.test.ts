import { describe, expect, it } from 'vitest';
import { anomalyScore, averagePathLength } from '../../../detection/isolation-forest/forest.js';
import { ForestBuilder } from '../../../detection/isolation-forest/forest-builder.js';
import { importSklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';
import { loadVector, VECTOR_NAMES } from './vectors.js';

const shape = { featureCount: 2, subsampleSize: 4, castsToFloat32: false };

describe('averagePathLength', () => {
  it('follows the convention for fewer than three rows', () => {
    expect([0, 1, 2].map(averagePathLength)).toEqual([0, 0, 1]);
  });

  it.each(VECTOR_NAMES)("%s: equals scikit-learn's normaliser", (name) => {
    const { vector } = loadVector(name);
    expect(averagePathLength(vector.max_samples)).toBeCloseTo(vector.c_max_samples, 12);
  });
});

describe('anomalyScore', () => {
  it('is 0.5 at the average path length and for a subsample of one row', () => {
    expect(anomalyScore(averagePathLength(256), 256)).toBe(0.5);
    expect(anomalyScore(0, 1)).toBe(0.5);
  });

  it('rises when the path gets shorter, up to 1', () => {
    expect(anomalyScore(4, 256)).toBeGreaterThan(anomalyScore(5, 256));
    expect(anomalyScore(0, 256)).toBe(1);
  });
});

describe('ForestBuilder', () => {
  it('derives links, counts and path lengths from the preorder of the nodes', () => {
    const builder = new ForestBuilder(shape);
    builder.split(0, 1.5);
    builder.split(1, -1);
    builder.leaf(1);
    builder.leaf(2);
    builder.leaf(1);
    builder.endTree();
    const forest = builder.build();
    expect([...forest.right]).toEqual([4, 3, 0, 0, 0]);
    expect([...forest.sampleCount]).toEqual([4, 3, 1, 2, 1]);
    expect([...forest.pathLength]).toEqual([0, 0, 2, 3, 1]);
    expect([...forest.roots]).toEqual([0, 5]);
    expect([...forest.column]).toEqual([0, 1, 0, 0, 0]);
    expect([...forest.child]).toEqual([1, 4, 2, 3, 2, 2, 3, 3, 4, 4]);
    expect([...forest.heights]).toEqual([2]);
  });

  const refusals: [string, (builder: ForestBuilder) => void][] = [
    ['feature 2 is not in', (b) => b.split(2, 0)],
    ['feature -1 is not in', (b) => b.split(-1, 0)],
    ['threshold NaN is not finite', (b) => b.split(0, Number.NaN)],
    ['sampleCount 0', (b) => b.leaf(0)],
    ['no tree', (b) => b.build()],
    ['lacks 1 subtrees', (b) => b.endTree()],
    [
      'one too many',
      (b) => {
        b.leaf(1);
        b.leaf(1);
      },
    ],
  ];
  it.each(refusals)('refuses what is no forest: %s', (message, build) => {
    expect(() => build(new ForestBuilder(shape))).toThrow(message);
  });

  it('accepts every imported forest unchanged', () => {
    const { vector } = loadVector('iforest_f3_t20');
    const forest = importSklearnForest(vector);
    expect([...forest.sampleCount.subarray(0, forest.roots[1])]).toEqual(vector.trees[0]?.n_node_samples);
  });
});
