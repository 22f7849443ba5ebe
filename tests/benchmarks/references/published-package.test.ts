import { expect, it } from 'vitest';
import { asPublished } from '../../../benchmarks/references/published-package.js';
import type { SklearnForest } from '../../../detection/isolation-forest/sklearn-import.js';

/** x <= 0.5 ends at depth 1 with 4 rows; else a split of the other column ends at depth 2 with 1 and 3 rows. */
const forest: SklearnForest = {
  n_features: 2,
  max_samples: 8,
  trees: [
    {
      children_left: [1, -1, 3, -1, -1],
      children_right: [2, -1, 4, -1, -1],
      feature: [0, -2, 1, -2, -2],
      threshold: [0.5, -2, 7, -2, -2],
      n_node_samples: [8, 4, 4, 1, 3],
    },
  ],
};

/** The package's c(n): Euler's constant once. */
function published(n: number): number {
  return n <= 1 ? 0 : 2 * Math.log(n - 1) + 0.57721 - (2 * (n - 1)) / n;
}

it("lets the package walk scikit-learn's trees", () => {
  const rows = [
    [0, 0],
    [1, 6],
    [1, 8],
  ];
  const lengths = [1 + published(4), 2, 2 + published(3)];
  const scores = asPublished(forest).predict(rows);
  scores.forEach((score, row) => {
    expect(score).toBeCloseTo(2 ** (-(lengths[row] ?? 0) / published(8)), 12);
  });
});
