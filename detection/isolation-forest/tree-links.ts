import { averagePathLength, type CompiledForest, LEAF } from './forest.js';

/** The nodes of one tree in preorder, as they were added. */
export interface TreeNodes {
  /** Column, or LEAF. */
  readonly feature: number[];
  readonly threshold: number[];
  /** Rows of a leaf; 0 in inner nodes. */
  readonly leafCount: number[];
}

/** One tree's stretch of a forest's arrays. */
export interface LinkedTree
  extends Pick<
    CompiledForest,
    'feature' | 'threshold' | 'right' | 'sampleCount' | 'pathLength' | 'column' | 'child'
  > {
  /** Number of its root in the forest. */
  readonly start: number;
  readonly height: number;
}

/** Returns the tree with what follows from the order of its nodes; its root is node `start` of the forest. O(nodes). */
export function linkTree(nodes: TreeNodes, start: number): LinkedTree {
  const size = nodes.feature.length;
  const tree = {
    start,
    feature: new Int32Array(nodes.feature),
    threshold: new Float64Array(nodes.threshold),
    right: new Int32Array(size),
    sampleCount: new Int32Array(nodes.leafCount),
    pathLength: new Float64Array(size),
    column: new Int32Array(size),
    child: new Int32Array(2 * size),
  };
  linkChildren(tree);
  sumCounts(tree);
  return { ...tree, height: measurePaths(tree) };
}

type Links = Omit<LinkedTree, 'height'>;

function linkChildren({ start, feature, right, column, child }: Links): void {
  const waiting: number[] = [];
  for (let node = 0; node < feature.length; node += 1) {
    const isLeaf = feature[node] === LEAF;
    child[2 * node] = start + node + (isLeaf ? 0 : 1);
    child[2 * node + 1] = start + node;
    if (!isLeaf) {
      column[node] = feature[node] as number;
      waiting.push(node);
      continue;
    }
    // In preorder the node after a leaf is the right child of the innermost split that still waits for one.
    const parent = waiting.pop();
    if (parent === undefined) continue;
    right[parent] = start + node + 1;
    child[2 * parent + 1] = start + node + 1;
  }
}

function sumCounts({ start, feature, right, sampleCount }: Links): void {
  for (let node = feature.length - 1; node >= 0; node -= 1) {
    if (feature[node] === LEAF) continue;
    sampleCount[node] =
      (sampleCount[node + 1] as number) + (sampleCount[(right[node] as number) - start] as number);
  }
}

/** Sets the leaves' path lengths; returns the tree's height. */
function measurePaths({ start, feature, right, sampleCount, pathLength }: Links): number {
  const depths = new Int32Array(feature.length);
  let height = 0;
  for (let node = 0; node < feature.length; node += 1) {
    const depth = depths[node] as number;
    if (feature[node] === LEAF) {
      pathLength[node] = depth + averagePathLength(sampleCount[node] as number);
      height = Math.max(height, depth);
    } else {
      depths[node + 1] = depth + 1;
      depths[(right[node] as number) - start] = depth + 1;
    }
  }
  return height;
}
