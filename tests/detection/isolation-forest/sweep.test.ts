import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { createExplainer, type ExplainerOptions } from '../../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../../detection/isolation-forest/forest.js';
import { growForest } from '../../../detection/isolation-forest/grow.js';

function normalRows(count: number, featureCount: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count * featureCount }, () => gaussian(random));
}

function grow(featureCount: number, subsampleSize: number): CompiledForest {
  const rows = normalRows(1500, featureCount, 3);
  const random = seededRandom(4);
  return growForest({ rows, featureCount, trees: 7, subsampleSize, random, grower: 'own' });
}

/** The values of all rows, explained `batch` rows at a time by an explainer of its own. */
function explain(
  forest: CompiledForest,
  rows: Float64Array,
  { batch, ...options }: ExplainerOptions & { batch: number },
): number[] {
  const explainer = createExplainer(forest, options);
  const width = forest.featureCount;
  const values: number[] = [];
  for (let from = 0; from < rows.length; from += batch * width) {
    const part = rows.subarray(from, from + batch * width);
    const shap = new Float64Array((part.length / width) * explainer.playerCount);
    explainer.explainBatch(part, part.length / width, shap, new Float64Array(part.length / width));
    values.push(...shap);
  }
  return values;
}

/** Players a path can have at most: 1 pair of points carries 4, 2 carry 8, 3 carry 12, more take several sweeps. */
const SHAPES = [
  { features: 12, players: 2, subsample: 256 },
  { features: 18, players: 3, subsample: 256 },
  { features: 12, players: 6, subsample: 256 },
  { features: 20, players: 20, subsample: 256 },
  { features: 20, players: 20, subsample: 1024 },
] as const;

describe.each(SHAPES)('$features features of $players players, subsample $subsample', (shape) => {
  const forest = grow(shape.features, shape.subsample);
  const rows = normalRows(300, shape.features, 8);
  rows[5] = Number.NaN;
  rows[7] = Number.POSITIVE_INFINITY;
  const groups = Int32Array.from({ length: shape.features }, (_, feature) => feature % shape.players);
  const whole = explain(forest, rows, { groups, batch: 300 });

  it('gives the same bits in WebAssembly and in JavaScript', () => {
    expect(explain(forest, rows, { groups, batch: 300, vectorised: false })).toEqual(whole);
  });

  it.each([1, 3, 17])('gives the same bits in batches of %i rows', (batch) => {
    expect(explain(forest, rows, { groups, batch })).toEqual(whole);
  });
});

describe('createExplainer', () => {
  it('uses WebAssembly unless told otherwise, so that the tests above compare two things', () => {
    const forest = grow(6, 64);
    expect(createExplainer(forest).vectorised).toBe(true);
    expect(createExplainer(forest, { vectorised: false }).vectorised).toBe(false);
  });

  it('refuses tables above 2 GiB', () => {
    const forest = grow(6, 64);
    const huge = { ...forest, roots: forest.roots.map((root) => root * 50_000) };
    expect(() => createExplainer(huge)).toThrow(/bytes of tables, more than 2147483647/);
  });
});
