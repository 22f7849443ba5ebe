import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/random.js';
import { createExplainer, explainerSteps } from '../../../detection/isolation-forest/explain.js';
import { growForest, growForestSteps } from '../../../detection/isolation-forest/grow.js';
import { decodeForest, decodeForestSteps, encodeForest } from '../../../detection/isolation-forest/state.js';
import { finish, type Steps } from '../../../detection/isolation-forest/steps.js';

function countSteps(steps: Steps<unknown>): number {
  let count = 0;
  while (steps.next().done !== true) count += 1;
  return count;
}

const random = seededRandom(2);
const rows = Float64Array.from({ length: 6 * 400 }, () => random());
const options = (featureCount: number) => ({
  rows,
  featureCount,
  trees: 10,
  subsampleSize: 128,
  random: seededRandom(1),
  grower: 'own' as const,
});

describe('work in steps', () => {
  it('grows one tree in each, and the forest that is grown at once', () => {
    expect(countSteps(growForestSteps(options(6)))).toBe(10);
    expect(finish(growForestSteps(options(6)))).toEqual(growForest(options(6)));
  });

  it('decodes a tree in each, and the same forest', () => {
    const bytes = encodeForest(growForest(options(6)));
    expect(countSteps(decodeForestSteps(bytes))).toBeGreaterThan(10);
    expect(finish(decodeForestSteps(bytes))).toEqual(decodeForest(bytes));
  });

  it.each([3, 6])('%i features: compiles at most a tree in each, and the same explainer', (featureCount) => {
    const forest = growForest(options(featureCount));
    expect(countSteps(explainerSteps(forest))).toBeGreaterThan(10);
    const explain = (explainer: ReturnType<typeof createExplainer>): Float64Array => {
      const shap = new Float64Array(50 * featureCount);
      explainer.explainBatch(rows, 50, shap, new Float64Array(50));
      return shap;
    };
    expect(explain(finish(explainerSteps(forest)))).toEqual(explain(createExplainer(forest)));
  });
});
