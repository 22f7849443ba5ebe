import { type CompiledForest, LEAF } from './forest.js';

/**
 * Where a value falls among split points. The rank of x is the number of thresholds t with not (x <= t): 0 = left of
 * all of them, NaN = right of all of them, as in the trees.
 */
export interface SplitRanks {
  /** Per feature: its distinct thresholds over the whole forest, rising. */
  readonly merged: readonly Float64Array[];
  /** Per feature: rank within a tree by tree * (merged length + 1) + rank within the forest. */
  readonly local: readonly Uint16Array[];
  /** Number of ranks (distinct thresholds + 1) by tree * featureCount + feature. */
  readonly sizes: Int32Array;
}

/** Returns the ranks of all split points. O(trees * distinct thresholds), 2 bytes each. */
export function rankSplits(forest: CompiledForest): SplitRanks {
  const { featureCount, treeCount } = forest;
  const sizes = new Int32Array(treeCount * featureCount);
  const merged: Float64Array[] = [];
  const local: Uint16Array[] = [];
  for (let feature = 0; feature < featureCount; feature += 1) {
    const perTree = Array.from({ length: treeCount }, (_, tree) => thresholdsOf(forest, tree, feature));
    const all = Float64Array.from(new Set(perTree.flatMap((thresholds) => [...thresholds]))).sort();
    const ranks = new Uint16Array(treeCount * (all.length + 1));
    perTree.forEach((thresholds, tree) => {
      sizes[tree * featureCount + feature] = thresholds.size + 1;
      fillRanks(ranks.subarray(tree * (all.length + 1), (tree + 1) * (all.length + 1)), all, thresholds);
    });
    merged.push(all);
    local.push(ranks);
  }
  return { merged, local, sizes };
}

/** Returns the rank of `value` among `thresholds` (rising). O(log n). */
export function rankOf(value: number, thresholds: Float64Array): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (thresholds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Returns the number of distinct thresholds + 1 per tree and feature (tree * featureCount + feature). O(nodes). */
export function countRanks(forest: CompiledForest): Int32Array {
  const { featureCount, treeCount } = forest;
  return Int32Array.from(
    { length: treeCount * featureCount },
    (_, i) => thresholdsOf(forest, Math.floor(i / featureCount), i % featureCount).size + 1,
  );
}

function thresholdsOf(forest: CompiledForest, tree: number, feature: number): Set<number> {
  const thresholds = new Set<number>();
  for (let node = forest.roots[tree] as number; node < (forest.roots[tree + 1] as number); node += 1) {
    const column = forest.feature[node] as number;
    if (column !== LEAF && column === feature) thresholds.add(forest.threshold[node] as number);
  }
  return thresholds;
}

function fillRanks(ranks: Uint16Array, all: Float64Array, own: ReadonlySet<number>): void {
  let rank = 0;
  for (let i = 0; i < all.length; i += 1) {
    ranks[i] = rank;
    if (own.has(all[i] as number)) rank += 1;
  }
  ranks[all.length] = rank;
}
