import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { anomalyScore, type CompiledForest, LEAF } from '../../../detection/isolation-forest/forest.js';
import { type Grower, type GrowOptions, growForest } from '../../../detection/isolation-forest/grow.js';
import { pathLength } from '../../../detection/isolation-forest/score.js';

const growers: Grower[] = ['package', 'own'];

function table(rowCount: number, columns: ((row: number) => number)[]): Float64Array {
  return Float64Array.from({ length: rowCount * columns.length }, (_, i) => {
    const column = columns[i % columns.length] as (row: number) => number;
    return column(Math.floor(i / columns.length));
  });
}

function grow(
  options: Pick<GrowOptions, 'rows' | 'featureCount'> & Partial<GrowOptions>,
  seed = 1,
): CompiledForest {
  return growForest({ trees: 20, subsampleSize: 64, random: seededRandom(seed), ...options });
}

function normalRows(rowCount: number, featureCount: number): Float64Array {
  const random = seededRandom(99);
  return Float64Array.from({ length: rowCount * featureCount }, () => gaussian(random));
}

describe.each(growers)('growForest by %s', (grower) => {
  const cloud = { rows: normalRows(500, 3), featureCount: 3, grower };

  it('gives the same forest for the same seed and another for another', () => {
    expect(grow(cloud)).toEqual(grow(cloud));
    expect(grow(cloud, 2).threshold).not.toEqual(grow(cloud).threshold);
  });

  it('grows every tree from its own subsample, up to the height limit', () => {
    const forest = grow(cloud);
    const roots = [...forest.roots].slice(0, -1);
    expect(roots.map((root) => forest.sampleCount[root])).toEqual(roots.map(() => 64));
    expect(new Set(roots.map((root) => forest.threshold[root])).size).toBe(20);
    expect(deepestLevel(forest)).toBe(6);
  });

  it('draws the subsample without replacement: with psi = all rows, each row is in each tree', () => {
    const forest = grow({ rows: table(8, [(row) => row]), featureCount: 1, subsampleSize: 8, grower });
    const leaves = [...forest.feature.keys()].filter((node) => forest.feature[node] === LEAF);
    const isolated = leaves.filter((node) => forest.sampleCount[node] === 1);
    // Eight different values: a tree of height 3 leaves no value twice in one leaf unless the limit cut it.
    expect(leaves.reduce((sum, node) => sum + (forest.sampleCount[node] ?? 0), 0)).toBe(8 * 20);
    expect(isolated.length).toBeGreaterThan(20);
  });

  it('scores an outlier above the crowd', () => {
    const forest = grow(cloud);
    const outlier = anomalyScore(pathLength(forest, Float64Array.of(6, -6, 6)), 64);
    const ordinary = anomalyScore(pathLength(forest, Float64Array.of(0, 0, 0)), 64);
    expect(outlier).toBeGreaterThan(0.7);
    expect(ordinary).toBeLessThan(0.5);
  });

  it('never splits a constant column, nor one that is constant in a node', () => {
    const rows = table(200, [() => 5, (row) => (row < 100 ? 0 : 1), (row) => row, () => Number.MIN_VALUE]);
    const forest = grow({ rows, featureCount: 4, grower });
    expect([...new Set(forest.feature)].sort()).toEqual([1, 2, LEAF].sort());
    expect(Math.min(...forest.sampleCount)).toBeGreaterThan(0);
    expect(splitsOfColumn(forest, 1).every((threshold) => threshold >= 0 && threshold < 1)).toBe(true);
  });

  it('makes single leaves and the score 0.5 of data without variation', () => {
    const forest = grow({ rows: new Float64Array(300).fill(7), featureCount: 3, grower });
    expect(forest.feature).toEqual(new Int32Array(20).fill(LEAF));
    expect(anomalyScore(pathLength(forest, Float64Array.of(7, 7, 7)), forest.subsampleSize)).toBeCloseTo(
      0.5,
      12,
    );
    expect(anomalyScore(pathLength(forest, Float64Array.of(9, 9, 9)), forest.subsampleSize)).toBeCloseTo(
      0.5,
      12,
    );
  });

  it('takes a single row', () => {
    const forest = grow({ rows: Float64Array.of(1, 2), featureCount: 2, grower });
    expect(forest.subsampleSize).toBe(1);
    expect(anomalyScore(pathLength(forest, Float64Array.of(1, 2)), 1)).toBe(0.5);
  });

  it('keeps tied rows in one leaf', () => {
    const rows = table(64, [(row) => row % 2]);
    const forest = grow({ rows, featureCount: 1, trees: 3, grower });
    expect([...forest.sampleCount]).toEqual([64, 32, 32, 64, 32, 32, 64, 32, 32]);
  });

  it('separates neighbouring doubles', () => {
    const next = 1 + Number.EPSILON;
    const forest = grow({ rows: Float64Array.of(1, next), featureCount: 1, trees: 5, grower });
    expect(pathLength(forest, Float64Array.of(1))).toBe(1);
    expect([...forest.threshold].filter((threshold) => threshold !== 0)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('growForest', () => {
  it('grows on the package unless told otherwise', () => {
    const rows = normalRows(100, 2);
    const byDefault = grow({ rows, featureCount: 2 });
    expect(byDefault).toEqual(grow({ rows, featureCount: 2, grower: 'package' }));
    expect(byDefault).not.toEqual(grow({ rows, featureCount: 2, grower: 'own' }));
  });

  it('leaves the global random source as it was, also when growing fails', () => {
    const original = Math.random;
    grow({ rows: normalRows(100, 2), featureCount: 2 });
    expect(Math.random).toBe(original);
    let draws = 0;
    const seeded = seededRandom(1);
    const failing = (): number => {
      draws += 1;
      if (draws > 70) throw new Error('no more numbers');
      return seeded();
    };
    expect(() => grow({ rows: normalRows(100, 2), featureCount: 2, random: failing })).toThrow(
      'no more numbers',
    );
    expect(Math.random).toBe(original);
  });

  const refusals: [string, Partial<GrowOptions>][] = [
    ['row 1, column 0 is not finite', { rows: Float64Array.of(1, 2, Number.NaN, 4) }],
    ['row 0, column 1 is not finite', { rows: Float64Array.of(1, Number.POSITIVE_INFINITY) }],
    ['3 values are no rows of 2', { rows: new Float64Array(3) }],
    ['0 values are no rows', { rows: new Float64Array(0) }],
    ['trees 0 is not a count', { trees: 0 }],
    ['subsampleSize 1.5 is not a count', { subsampleSize: 1.5 }],
  ];
  it.each(refusals)('refuses: %s', (message, options) => {
    expect(() => grow({ rows: new Float64Array(4), featureCount: 2, ...options })).toThrow(message);
  });
});

function deepestLevel(forest: CompiledForest): number {
  const level = new Int32Array(forest.feature.length);
  let deepest = 0;
  for (let node = 0; node < level.length; node += 1) {
    const here = level[node] ?? 0;
    deepest = Math.max(deepest, here);
    if (forest.feature[node] === LEAF) continue;
    level[node + 1] = here + 1;
    level[forest.right[node] ?? 0] = here + 1;
  }
  return deepest;
}

function splitsOfColumn(forest: CompiledForest, column: number): number[] {
  return [...forest.threshold].filter((_, node) => forest.feature[node] === column);
}
