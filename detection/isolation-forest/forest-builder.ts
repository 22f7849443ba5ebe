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
 * valid forest is, is checked in one place. Counts of inner nodes, depths and path lengths follow from the leaves.
 */
export class ForestBuilder {
  private readonly roots: number[] = [0];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly leafCount: number[] = [];
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

  /** Ends a tree. Throws a RangeError when a split still lacks a side. */
  endTree(): void {
    if (this.open !== 0) throw new RangeError(`building forest: tree lacks ${this.open} subtrees`);
    this.roots.push(this.feature.length);
    this.open = 1;
  }

  /** Returns the forest of all ended trees. Throws a RangeError without a tree or inside one. O(nodes). */
  build(): CompiledForest {
    if (this.roots.length < 2) throw new RangeError('building forest: no tree');
    if (this.roots.at(-1) !== this.feature.length)
      throw new RangeError('building forest: last tree is not ended');
    const feature = Int32Array.from(this.feature);
    const roots = Int32Array.from(this.roots);
    const right = linkRightChildren(roots, feature);
    const sampleCount = sumCounts(feature, right, this.leafCount);
    return {
      ...this.shape,
      treeCount: roots.length - 1,
      roots,
      feature,
      threshold: Float64Array.from(this.threshold),
      right,
      sampleCount,
      pathLength: leafPathLengths(roots, feature, right, sampleCount),
    };
  }

  private push(feature: number, threshold: number, leafCount: number): void {
    this.feature.push(feature);
    this.threshold.push(threshold);
    this.leafCount.push(leafCount);
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

function linkRightChildren(roots: Int32Array, feature: Int32Array): Int32Array {
  const right = new Int32Array(feature.length);
  const waiting: number[] = [];
  for (let tree = 0; tree + 1 < roots.length; tree += 1) {
    const end = roots[tree + 1] as number;
    for (let node = roots[tree] as number; node < end; node += 1) {
      if ((feature[node] as number) !== LEAF) {
        waiting.push(node);
        continue;
      }
      // In preorder the node after a leaf is the right child of the innermost split that still waits for one.
      const parent = waiting.pop();
      if (parent !== undefined) right[parent] = node + 1;
    }
  }
  return right;
}

function sumCounts(feature: Int32Array, right: Int32Array, leafCount: readonly number[]): Int32Array {
  const counts = Int32Array.from(leafCount);
  for (let node = feature.length - 1; node >= 0; node -= 1) {
    if ((feature[node] as number) === LEAF) continue;
    counts[node] = (counts[node + 1] as number) + (counts[right[node] as number] as number);
  }
  return counts;
}

function leafPathLengths(
  roots: Int32Array,
  feature: Int32Array,
  right: Int32Array,
  counts: Int32Array,
): Float64Array {
  const depth = new Int32Array(feature.length);
  const lengths = new Float64Array(feature.length);
  const end = roots[roots.length - 1] as number;
  for (let node = 0; node < end; node += 1) {
    const here = depth[node] as number;
    if ((feature[node] as number) === LEAF) {
      lengths[node] = here + averagePathLength(counts[node] as number);
    } else {
      depth[node + 1] = here + 1;
      depth[right[node] as number] = here + 1;
    }
  }
  return lengths;
}
