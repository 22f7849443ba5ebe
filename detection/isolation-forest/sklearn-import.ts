import type { CompiledForest } from './forest.js';
import { ForestBuilder } from './forest-builder.js';

/** One tree as scikit-learn's `estimator.tree_` holds it: parallel arrays over nodes, node 0 = root. */
export interface SklearnTree {
  /** -1 in leaves. */
  readonly children_left: readonly number[];
  readonly children_right: readonly number[];
  /** Ignored in leaves. */
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly n_node_samples: readonly number[];
}

/** A scikit-learn IsolationForest that uses all features in every tree (`max_features=1.0`, the default). */
export interface SklearnForest {
  readonly n_features: number;
  /** psi, scikit-learn's `max_samples_`. */
  readonly max_samples: number;
  readonly trees: readonly SklearnTree[];
}

/**
 * Returns the forest with the same scores as scikit-learn's: `score_samples` = -anomalyScore. Tree order and
 * thresholds are kept bit for bit. Throws a RangeError for trees that are no trees (a node reached twice or
 * missing, a feature out of range, counts that do not add up).
 */
export function importSklearnForest(source: SklearnForest): CompiledForest {
  const builder = new ForestBuilder({
    featureCount: source.n_features,
    subsampleSize: source.max_samples,
    castsToFloat32: true,
  });
  for (const tree of source.trees) importTree(builder, tree);
  return builder.build();
}

function importTree(builder: ForestBuilder, tree: SklearnTree): void {
  const size = tree.feature.length;
  const pending = [0];
  for (let seen = 0; pending.length > 0; seen += 1) {
    if (seen === size) throw new RangeError('importing tree: a node is reached twice');
    const node = pending.pop() as number;
    const left = at(tree.children_left, node);
    const right = at(tree.children_right, node);
    const count = at(tree.n_node_samples, node);
    if (left === -1) {
      builder.leaf(count);
      continue;
    }
    if (at(tree.n_node_samples, left) + at(tree.n_node_samples, right) !== count) {
      throw new RangeError(`importing tree: the children of node ${node} do not hold its ${count} rows`);
    }
    builder.split(at(tree.feature, node), at(tree.threshold, node));
    pending.push(right, left);
  }
  builder.endTree();
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`importing tree: node ${index} does not exist`);
  return value;
}
