import { describe, expect, it } from 'vitest';
import { importSklearnForest, type SklearnTree } from '../../../detection/isolation-forest/sklearn-import.js';

const tree: SklearnTree = {
  children_left: [1, -1, -1],
  children_right: [2, -1, -1],
  feature: [0, -2, -2],
  threshold: [0.5, -2, -2],
  n_node_samples: [4, 1, 3],
};

function importing(change: Partial<SklearnTree>): () => void {
  return () => {
    importSklearnForest({ n_features: 1, max_samples: 4, trees: [{ ...tree, ...change }] });
  };
}

describe('importSklearnForest', () => {
  it('takes nodes in any order', () => {
    const turned = {
      children_left: [2, -1, -1],
      children_right: [1, -1, -1],
      feature: [0, -2, -2],
      threshold: [0.5, -2, -2],
      n_node_samples: [4, 3, 1],
    };
    const shape = { n_features: 1, max_samples: 4 };
    expect(importSklearnForest({ ...shape, trees: [turned] })).toEqual(
      importSklearnForest({ ...shape, trees: [tree] }),
    );
  });

  const refusals: [string, Partial<SklearnTree>][] = [
    ['do not hold', { children_left: [0, -1, -1] }],
    [
      'is reached twice',
      {
        children_left: [1, 0, -1],
        children_right: [2, 0, -1],
        feature: [0, 0, -2],
        n_node_samples: [0, 0, 0],
      },
    ],
    ['node 7 does not exist', { children_right: [7, -1, -1] }],
    ['do not hold its 4 rows', { n_node_samples: [4, 1, 2] }],
    ['feature 1 is not in 0..0', { feature: [1, -2, -2] }],
  ];
  it.each(refusals)('refuses what is no tree: %s', (message, change) => {
    expect(importing(change)).toThrow(message);
  });
});
