import { averagePathLength, type CompiledForest, LEAF } from './forest.js';

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
  private readonly roots: number[] = [0];
  private readonly heights: number[] = [];
  private readonly nodes: Nodes = {
    feature: [],
    threshold: [],
    right: [],
    sampleCount: [],
    pathLength: [],
    child: [],
  };
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
    const root = this.roots[this.roots.length - 1] as number;
    linkChildren(this.nodes, root);
    sumCounts(this.nodes, root);
    this.heights.push(measurePaths(this.nodes, root));
    this.roots.push(this.nodes.feature.length);
    this.open = 1;
  }

  /** Returns the forest of all ended trees. Throws a RangeError without a tree or inside one. O(nodes), a copy each. */
  build(): CompiledForest {
    if (this.roots.length < 2) throw new RangeError('building forest: no tree');
    const { feature, threshold, right, sampleCount, pathLength, child } = this.nodes;
    if (this.roots.at(-1) !== feature.length) throw new RangeError('building forest: last tree is not ended');
    const features = new Int32Array(feature);
    return {
      ...this.shape,
      treeCount: this.roots.length - 1,
      roots: new Int32Array(this.roots),
      feature: features,
      threshold: new Float64Array(threshold),
      right: new Int32Array(right),
      sampleCount: new Int32Array(sampleCount),
      pathLength: new Float64Array(pathLength),
      column: features.map((column) => Math.max(column, 0)),
      child: new Int32Array(child),
      heights: new Int32Array(this.heights),
    };
  }

  private push(feature: number, threshold: number, leafCount: number): void {
    const { nodes } = this;
    const node = nodes.feature.length;
    nodes.feature.push(feature);
    nodes.threshold.push(threshold);
    nodes.right.push(0);
    nodes.sampleCount.push(leafCount);
    nodes.pathLength.push(0);
    // A leaf leads to itself; the right side of a split is known when the tree ends.
    nodes.child.push(feature === LEAF ? node : node + 1, node);
  }

  private requireOpen(): void {
    if (this.open === 0) throw new RangeError('building forest: tree is complete, node is one too many');
  }
}

/** Per node, as in `CompiledForest`; all trees so far. */
interface Nodes {
  readonly feature: number[];
  readonly threshold: number[];
  readonly right: number[];
  readonly sampleCount: number[];
  readonly pathLength: number[];
  readonly child: number[];
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 0x7fffffff) {
    throw new RangeError(`building forest: ${name} ${value} is not a whole number from ${least}`);
  }
}

function linkChildren({ feature, right, child }: Nodes, root: number): void {
  const waiting: number[] = [];
  for (let node = root; node < feature.length; node += 1) {
    if (feature[node] !== LEAF) {
      waiting.push(node);
      continue;
    }
    // In preorder the node after a leaf is the right child of the innermost split that still waits for one.
    const parent = waiting.pop();
    if (parent === undefined) continue;
    right[parent] = node + 1;
    child[2 * parent + 1] = node + 1;
  }
}

function sumCounts({ feature, right, sampleCount }: Nodes, root: number): void {
  for (let node = feature.length - 1; node >= root; node -= 1) {
    if (feature[node] === LEAF) continue;
    sampleCount[node] = (sampleCount[node + 1] as number) + (sampleCount[right[node] as number] as number);
  }
}

/** Sets the leaves' path lengths; returns the tree's height. */
function measurePaths({ feature, right, sampleCount, pathLength }: Nodes, root: number): number {
  const depths = new Int32Array(feature.length - root);
  let height = 0;
  for (let node = root; node < feature.length; node += 1) {
    const depth = depths[node - root] as number;
    if (feature[node] === LEAF) {
      pathLength[node] = depth + averagePathLength(sampleCount[node] as number);
      height = Math.max(height, depth);
    } else {
      depths[node + 1 - root] = depth + 1;
      depths[(right[node] as number) - root] = depth + 1;
    }
  }
  return height;
}
