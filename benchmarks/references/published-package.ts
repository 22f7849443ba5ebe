import { IsolationForest, type PackageNode } from 'ml-isolation-forest';
import type { SklearnForest, SklearnTree } from '../../detection/isolation-forest/sklearn-import.js';

type Rows = readonly (readonly number[])[];

declare module 'ml-isolation-forest' {
  interface IsolationForest {
    /** Returns the anomaly scores of rows, with the package's own c(n). */
    predict(rows: Rows): number[];
  }
}

/** Returns a forest of 100 trees that the package trained as it is published: every row in every tree, unseeded. */
export function trainPublished(rows: Rows): IsolationForest {
  const forest = new IsolationForest({ nEstimators: 100 });
  forest.train(rows);
  return forest;
}

/**
 * Returns scikit-learn's forest in the package's own nodes, so that the package walks the very trees that the others do. Its scores differ
 * from theirs by its c(n) alone: it adds Euler's constant once where the formula has it twice.
 */
export function asPublished(source: SklearnForest): IsolationForest {
  const forest = new IsolationForest({ nEstimators: source.trees.length });
  const makeNode = nodeMaker();
  const trainingSet = new Array<number>(source.max_samples);
  return Object.assign(forest, {
    forest: source.trees.map((tree) => nodeOf(tree, 0, { depth: 0, makeNode })),
    trainingSet,
  });
}

type MakeNode = (depth: number, fields: Readonly<Record<string, unknown>>) => PackageNode;

/** The package does not export its nodes: their class is taken from a tree that it grew, so that they are as fast as its own. */
function nodeMaker(): MakeNode {
  const grown = new IsolationForest({ nEstimators: 1 });
  grown.train([[0], [1]]);
  const NodeClass = grown.forest[0]?.constructor;
  if (NodeClass === undefined) throw new Error('reading ml-isolation-forest: it grew no tree');
  return (depth, fields) => Object.assign(Reflect.construct(NodeClass, [{ depth }]), fields);
}

function nodeOf(
  tree: SklearnTree,
  node: number,
  { depth, makeNode }: { readonly depth: number; readonly makeNode: MakeNode },
): PackageNode {
  const left = tree.children_left[node] ?? -1;
  const right = tree.children_right[node] ?? -1;
  if (left < 0) return makeNode(depth, { trainingSet: new Array<number>(tree.n_node_samples[node] ?? 0) });
  const below = { depth: depth + 1, makeNode };
  return makeNode(depth, {
    left: nodeOf(tree, left, below),
    right: nodeOf(tree, right, below),
    splitColumn: tree.feature[node],
    splitValue: tree.threshold[node],
  });
}
