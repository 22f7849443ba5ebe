import { type CoalitionTable, tabulateCoalition } from './coalition-table.js';
import { expectedPathLength } from './expectation.js';
import type { Batch, ShapleySummer } from './explain.js';
import type { CompiledForest } from './forest.js';
import { shapleyWeights } from './shapley-weights.js';
import { countRanks, rankOf, rankSplits, type SplitRanks } from './split-ranks.js';

/** Rows that go through all trees together: their ranks and sums stay in cache while each tree's tables are fetched once. */
const BLOCK = 256;
const MOST_FEATURES = 4;

/** Bytes of all tables for this forest; infinite above 4 features, where tabulating coalitions makes no sense. O(nodes). */
export function tabulatedBytes(forest: CompiledForest): number {
  const { featureCount, treeCount } = forest;
  if (featureCount > MOST_FEATURES) return Number.POSITIVE_INFINITY;
  const sizes = countRanks(forest);
  const splits = sizes.reduce((sum, size) => sum + size, 0);
  let cells = 0;
  for (let tree = 0; tree < treeCount; tree += 1) {
    for (const members of middleCoalitions(featureCount)) {
      cells += members.reduce(
        (product, feature) => product * (sizes[tree * featureCount + feature] as number),
        1,
      );
    }
  }
  return cells * 8 + splits * (2 * treeCount + 16);
}

/**
 * Shapley values from tables. What a tree expects when some features are known is piecewise constant in their ranks among
 * the tree's split points, so it is tabulated: a table per tree and coalition; coalitions of one feature are added up over
 * the forest, and the full coalition is the path length itself. A row then costs a binary search per feature
 * and a few look-ups per tree. Exact; memory grows with (splits per feature)^(features - 1) per tree.
 */
export function createTabulatedExplainer(forest: CompiledForest): ShapleySummer {
  const ranks = rankSplits(forest);
  const trees = Array.from({ length: forest.treeCount }, (_, tree) =>
    middleCoalitions(forest.featureCount).map((members) =>
      tabulateCoalition(forest, { tree, members, ranks }),
    ),
  );
  const tables: Tables = {
    forest,
    ranks,
    singles: ranks.merged.map((_, feature) => sumSingles(forest, ranks, feature)),
    empty: expectedPathLength(forest) * forest.treeCount,
    weights: shapleyWeights(forest.featureCount),
  };
  const scratch = createScratch(forest.featureCount);
  return {
    tableBytes: tabulatedBytes(forest),
    addShapley: (batch, out) => {
      for (let start = 0; start < batch.count; start += BLOCK) {
        const block = { ...batch, start, size: Math.min(BLOCK, batch.count - start) };
        rankBlock(tables, scratch, block);
        trees.forEach((coalitions, tree) => {
          addTree(tables, scratch, { coalitions, tree, size: block.size });
        });
        addValues(tables, scratch, block, out);
      }
    },
  };
}

interface Tables {
  readonly forest: CompiledForest;
  readonly ranks: SplitRanks;
  /** Per feature: sum over the trees of what they expect when only it is known, by rank within the forest. */
  readonly singles: readonly Float64Array[];
  readonly empty: number;
  readonly weights: Float64Array;
}

interface Block extends Batch {
  readonly start: number;
  readonly size: number;
}

interface Scratch {
  /** Per feature and row: rank within the forest. */
  readonly forestRanks: readonly Int32Array[];
  /** Per feature and row: rank within the current tree. One more, of zeros, stands in for the third member of pairs. */
  readonly treeRanks: readonly Int32Array[];
  /** Per coalition (bit mask) and row: sum of what the trees expect. */
  readonly sums: readonly Float64Array[];
}

function createScratch(features: number): Scratch {
  return {
    forestRanks: Array.from({ length: features }, () => new Int32Array(BLOCK)),
    treeRanks: Array.from({ length: features + 1 }, () => new Int32Array(BLOCK)),
    sums: Array.from({ length: 2 ** features }, () => new Float64Array(BLOCK)),
  };
}

/** Coalitions of 2 to features - 1 members: those that need a table per tree. */
function middleCoalitions(features: number): number[][] {
  const all = Array.from({ length: 2 ** features }, (_, mask) =>
    Array.from({ length: features }, (_, feature) => feature).filter((feature) => (mask >>> feature) & 1),
  );
  return all.filter((members) => members.length > 1 && members.length < features);
}

function sumSingles(forest: CompiledForest, ranks: SplitRanks, feature: number): Float64Array {
  const length = (ranks.merged[feature] as Float64Array).length + 1;
  const local = ranks.local[feature] as Uint16Array;
  const sums = new Float64Array(length);
  for (let tree = 0; tree < forest.treeCount; tree += 1) {
    const { values } = tabulateCoalition(forest, { tree, members: [feature], ranks });
    for (let rank = 0; rank < length; rank += 1) {
      sums[rank] = (sums[rank] as number) + (values[local[tree * length + rank] as number] as number);
    }
  }
  return sums;
}

function rankBlock({ forest, ranks }: Tables, scratch: Scratch, { rows, start, size }: Block): void {
  for (let feature = 0; feature < forest.featureCount; feature += 1) {
    const target = scratch.forestRanks[feature] as Int32Array;
    const merged = ranks.merged[feature] as Float64Array;
    for (let i = 0; i < size; i += 1) {
      target[i] = rankOf(rows[(start + i) * forest.featureCount + feature] as number, merged);
    }
  }
  for (const sums of scratch.sums) sums.fill(0, 0, size);
}

interface TreeTables {
  readonly coalitions: readonly CoalitionTable[];
  readonly tree: number;
  readonly size: number;
}

function addTree({ forest, ranks }: Tables, scratch: Scratch, { coalitions, tree, size }: TreeTables): void {
  for (let feature = 0; feature < forest.featureCount; feature += 1) {
    const local = ranks.local[feature] as Uint16Array;
    const base = tree * ((ranks.merged[feature] as Float64Array).length + 1);
    const source = scratch.forestRanks[feature] as Int32Array;
    const target = scratch.treeRanks[feature] as Int32Array;
    for (let i = 0; i < size; i += 1) target[i] = local[base + (source[i] as number)] as number;
  }
  for (const { members, mask, strides, values } of coalitions) {
    const ranksA = scratch.treeRanks[members[0] as number] as Int32Array;
    const ranksB = scratch.treeRanks[members[1] as number] as Int32Array;
    const ranksC = scratch.treeRanks[members[2] ?? forest.featureCount] as Int32Array;
    const strideA = strides[0] as number;
    const strideB = strides[1] as number;
    const strideC = strides[2] ?? 0;
    const sums = scratch.sums[mask] as Float64Array;
    for (let i = 0; i < size; i += 1) {
      const cell =
        (ranksA[i] as number) * strideA + (ranksB[i] as number) * strideB + (ranksC[i] as number) * strideC;
      sums[i] = (sums[i] as number) + (values[cell] as number);
    }
  }
}

function addValues(tables: Tables, scratch: Scratch, block: Block, out: Float64Array): void {
  const { forest, singles, empty, weights } = tables;
  const { sums, forestRanks } = scratch;
  const features = forest.featureCount;
  const full = sums.length - 1;
  for (let i = 0; i < block.size; i += 1) {
    for (let feature = 0; feature < features; feature += 1) {
      const rank = (forestRanks[feature] as Int32Array)[i] as number;
      (sums[1 << feature] as Float64Array)[i] = (singles[feature] as Float64Array)[rank] as number;
    }
    (sums[0] as Float64Array)[i] = empty;
    (sums[full] as Float64Array)[i] = block.pathLengthSums[block.start + i] as number;
    for (let feature = 0; feature < features; feature += 1) {
      let value = 0;
      for (let mask = 0; mask <= full; mask += 1) {
        value +=
          (weights[feature * (full + 1) + mask] as number) * ((sums[mask] as Float64Array)[i] as number);
      }
      out[(block.start + i) * features + feature] = value;
    }
  }
}
