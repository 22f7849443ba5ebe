import { type CompiledForest, LEAF } from './forest.js';
import { rankOf, type SplitRanks } from './split-ranks.js';

/** Expected path length of one tree when exactly the members of a coalition are known, by their ranks. */
export interface CoalitionTable {
  /** Feature numbers, rising; 1 to 3 of them. */
  readonly members: readonly number[];
  /** The members as bits. */
  readonly mask: number;
  /** Step in `values` for one rank of each member. */
  readonly strides: readonly number[];
  readonly values: Float64Array;
}

/** Which tree and which features. */
export interface Coalition {
  readonly tree: number;
  readonly members: readonly number[];
  readonly ranks: SplitRanks;
}

/**
 * Returns the table of one tree and coalition: each leaf adds its path length, times the share of rows that take its side at
 * the splits of unknown features, to the box of ranks that reach it. O(leaves * cells) at worst.
 */
export function tabulateCoalition(
  forest: CompiledForest,
  { tree, members, ranks }: Coalition,
): CoalitionTable {
  const sizes = members.map((feature) => ranks.sizes[tree * forest.featureCount + feature] as number);
  const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1));
  const values = new Float64Array(sizes.reduce((product, size) => product * size, 1));
  const box = { low: sizes.map(() => 0), high: sizes.map((size) => size - 1) };
  visit(
    { forest, coalition: { tree, members, ranks }, strides, values, box },
    forest.roots[tree] as number,
    1,
  );
  const mask = members.reduce((bits, feature) => bits | (1 << feature), 0);
  return { members, mask, strides, values };
}

interface Visit {
  readonly forest: CompiledForest;
  readonly coalition: Coalition;
  readonly strides: readonly number[];
  readonly values: Float64Array;
  /** Lowest and highest rank, both included, of each member that reaches the node. */
  readonly box: { readonly low: number[]; readonly high: number[] };
}

function visit(state: Visit, node: number, weight: number): void {
  const { forest, coalition, box } = state;
  const feature = forest.feature[node] as number;
  if (feature === LEAF) {
    addBox(state, weight * (forest.pathLength[node] as number), { member: 0, base: 0 });
    return;
  }
  const left = node + 1;
  const right = forest.right[node] as number;
  const member = coalition.members.indexOf(feature);
  if (member < 0) {
    const rows = forest.sampleCount[node] as number;
    visit(state, left, (weight * (forest.sampleCount[left] as number)) / rows);
    visit(state, right, (weight * (forest.sampleCount[right] as number)) / rows);
    return;
  }
  const rank = rankInTree(coalition, forest.treeCount, {
    feature,
    threshold: forest.threshold[node] as number,
  });
  const low = box.low[member] as number;
  const high = box.high[member] as number;
  box.high[member] = Math.min(high, rank);
  visit(state, left, weight);
  box.high[member] = high;
  box.low[member] = Math.max(low, rank + 1);
  visit(state, right, weight);
  box.low[member] = low;
}

function rankInTree(
  { tree, ranks }: Coalition,
  treeCount: number,
  { feature, threshold }: { feature: number; threshold: number },
): number {
  const merged = ranks.merged[feature] as Float64Array;
  const local = ranks.local[feature] as Uint16Array;
  return local[rankOf(threshold, merged) * treeCount + tree] as number;
}

function addBox(state: Visit, amount: number, { member, base }: { member: number; base: number }): void {
  const { values, strides, box } = state;
  const stride = strides[member] as number;
  const high = box.high[member] as number;
  for (let rank = box.low[member] as number; rank <= high; rank += 1) {
    const cell = base + rank * stride;
    if (member + 1 < strides.length) addBox(state, amount, { member: member + 1, base: cell });
    else values[cell] = (values[cell] as number) + amount;
  }
}
