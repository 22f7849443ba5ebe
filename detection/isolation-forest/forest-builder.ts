import { type CompiledForest, LEAF } from './forest.js';
import { finish, type Steps } from './steps.js';
import { type LinkedTree, linkTree, type TreeNodes } from './tree-links.js';

/** What every tree of a forest shares. */
export interface ForestShape {
  readonly featureCount: number;
  readonly subsampleSize: number;
  readonly castsToFloat32: boolean;
}

/**
 * Collects trees node by node in preorder (a split, then its whole left side, then its whole right side) and
 * links them into a `CompiledForest`. Growers, the scikit-learn import and the decoder all end here, so what a
 * valid forest is, is checked in one place. Counts of inner nodes, depths and path lengths follow from the leaves; a tree is linked
 * when it ends, so that whoever builds in slices never pays for the whole forest at once.
 */
export class ForestBuilder {
  private readonly trees: LinkedTree[] = [];
  /** Nodes of the ended trees. */
  private size = 0;
  private tree: TreeNodes = { feature: [], threshold: [], leafCount: [] };
  /** Subtrees that the current tree still waits for; 0 = complete. */
  private open = 1;

  constructor(private readonly shape: ForestShape) {
    requireWhole('featureCount', shape.featureCount, 1);
    requireWhole('subsampleSize', shape.subsampleSize, 1);
  }

  /** Adds an inner node: rows with `x[feature] <= threshold` go left. Throws a RangeError if it is no valid split. */
  split(feature: number, threshold: number): void {
    this.requireOpen();
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.shape.featureCount) {
      throw new RangeError(`building forest: feature ${feature} is not in 0..${this.shape.featureCount - 1}`);
    }
    if (!Number.isFinite(threshold))
      throw new RangeError(`building forest: threshold ${threshold} is not finite`);
    this.push(feature, threshold, 0);
    this.open += 1;
  }

  /** Adds a leaf that `sampleCount` rows of the subsample reach (at least 1). */
  leaf(sampleCount: number): void {
    this.requireOpen();
    requireWhole('sampleCount', sampleCount, 1);
    this.push(LEAF, 0, sampleCount);
    this.open -= 1;
  }

  /** Ends a tree and links it. Throws a RangeError when a split still lacks a side. O(nodes of the tree). */
  endTree(): void {
    if (this.open !== 0) throw new RangeError(`building forest: tree lacks ${this.open} subtrees`);
    this.trees.push(linkTree(this.tree, this.size));
    this.size += this.tree.feature.length;
    this.tree = { feature: [], threshold: [], leafCount: [] };
    this.open = 1;
  }

  /** Returns the forest of all ended trees. Throws a RangeError without a tree or inside one. O(nodes), a copy each. */
  build(): CompiledForest {
    return finish(this.buildSteps());
  }

  /** As {@link build}; a step copies one tree. The memory is asked for at once, but a page of it is paid for when it is written to. */
  *buildSteps(): Steps<CompiledForest> {
    const { trees, size } = this;
    if (trees.length === 0 && this.tree.feature.length === 0)
      throw new RangeError('building forest: no tree');
    if (this.tree.feature.length > 0) throw new RangeError('building forest: last tree is not ended');
    const integers = (): Int32Array<ArrayBuffer> => new Int32Array(size);
    const forest = {
      ...this.shape,
      treeCount: trees.length,
      roots: new Int32Array(trees.length + 1).fill(size),
      heights: Int32Array.from(trees, ({ height }) => height),
      feature: integers(),
      threshold: new Float64Array(size),
      right: integers(),
      sampleCount: integers(),
      pathLength: new Float64Array(size),
      column: integers(),
      child: new Int32Array(2 * size),
    };
    for (const [index, tree] of trees.entries()) {
      forest.roots[index] = tree.start;
      forest.feature.set(tree.feature, tree.start);
      forest.threshold.set(tree.threshold, tree.start);
      forest.right.set(tree.right, tree.start);
      forest.sampleCount.set(tree.sampleCount, tree.start);
      forest.pathLength.set(tree.pathLength, tree.start);
      forest.column.set(tree.column, tree.start);
      forest.child.set(tree.child, 2 * tree.start);
      yield;
    }
    return forest;
  }

  private push(feature: number, threshold: number, leafCount: number): void {
    this.tree.feature.push(feature);
    this.tree.threshold.push(threshold);
    this.tree.leafCount.push(leafCount);
  }

  private requireOpen(): void {
    if (this.open === 0) throw new RangeError('building forest: tree is complete, node is one too many');
  }
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 0x7fffffff) {
    throw new RangeError(`building forest: ${name} ${value} is not a whole number from ${least}`);
  }
}
