import type { CompiledForest } from './forest.js';
import type { Steps } from './steps.js';

/**
 * Where a value falls among split points. The rank of x is the number of thresholds t with not (x <= t): 0 = left of
 * all of them, NaN = right of all of them, as in the trees.
 */
export interface SplitRanks {
  /** Per feature: its distinct thresholds over the whole forest, rising. */
  readonly merged: readonly Float64Array[];
  /**
   * Per feature: rank within a tree, by rank within the forest * treeCount + tree: what one row needs of all trees lies in a few
   * cache lines.
   */
  readonly local: readonly Uint16Array[];
  /** Number of ranks (distinct thresholds + 1) by tree * featureCount + feature. */
  readonly sizes: Int32Array;
}

/** Returns the ranks of all split points, a tree at a time. O(trees * distinct thresholds), 2 bytes each. */
export function* rankSplits(forest: CompiledForest): Steps<SplitRanks> {
  const { featureCount, treeCount } = forest;
  const sizes = new Int32Array(treeCount * featureCount);
  const merged: Float64Array[] = [];
  const local: Uint16Array[] = [];
  for (let feature = 0; feature < featureCount; feature += 1) {
    const perTree: Float64Array[] = [];
    for (let tree = 0; tree < treeCount; tree += 1) {
      perTree.push(thresholdsOf(forest, tree, feature));
      yield;
    }
    const all = distinct(perTree.flatMap((thresholds) => [...thresholds]));
    const ranks = new Uint16Array(treeCount * (all.length + 1));
    for (const [tree, thresholds] of perTree.entries()) {
      sizes[tree * featureCount + feature] = thresholds.length + 1;
      fillRanks(ranks, { tree, treeCount }, { all, own: thresholds });
      yield;
    }
    merged.push(all);
    local.push(ranks);
  }
  return { merged, local, sizes };
}

/**
 * Returns the rank of `value` among `thresholds` (rising). O(log n), in the same steps for every value: a search that branched
 * would be mispredicted half of the time.
 */
export function rankOf(value: number, thresholds: Float64Array): number {
  let low = 0;
  for (let open = thresholds.length; open > 0; ) {
    const half = (open + 1) >>> 1;
    const isLeft = value <= (thresholds[low + half - 1] as number);
    low += half * Number(!isLeft);
    open -= half;
  }
  return low;
}

/** The distinct thresholds of one feature in one tree, rising. */
function thresholdsOf(forest: CompiledForest, tree: number, feature: number): Float64Array {
  const thresholds: number[] = [];
  for (let node = forest.roots[tree] as number; node < (forest.roots[tree + 1] as number); node += 1) {
    if (forest.feature[node] === feature) thresholds.push(forest.threshold[node] as number);
  }
  return distinct(thresholds);
}

function distinct(values: readonly number[]): Float64Array {
  return new Float64Array(values).sort().filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
}

/** Fills in the ranks within one tree; its `own` thresholds are a part of `all`, both rising. */
function fillRanks(
  ranks: Uint16Array,
  { tree, treeCount }: { tree: number; treeCount: number },
  { all, own }: { all: Float64Array; own: Float64Array },
): void {
  let rank = 0;
  for (let i = 0; i < all.length; i += 1) {
    ranks[i * treeCount + tree] = rank;
    if (own[rank] === all[i]) rank += 1;
  }
  ranks[all.length * treeCount + tree] = rank;
}
