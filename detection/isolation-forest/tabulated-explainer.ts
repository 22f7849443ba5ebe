import { type Coalition, type CoalitionTable, tabulateCoalition } from './coalition-table.js';
import {
  type CoalitionBlock,
  type CoalitionSums,
  createCoalitionSums,
  createShapleyWriter,
  middleCoalitions,
} from './coalitions.js';
import { expectedPathLength } from './expectation.js';
import type { ShapleySummer } from './explain.js';
import { type CompiledForest, LEAF } from './forest.js';
import { rankOf, rankSplits, type SplitRanks } from './split-ranks.js';
import type { Steps } from './steps.js';

/** Rows that go through all trees together: their ranks and sums stay in cache while each tree's tables are fetched once. */
const BLOCK = 256;
const MOST_FEATURES = 4;

/** Most bytes that the tables for this forest take; infinite above 4 features, where tabulating makes no sense. O(nodes). */
export function tabulatedBytes(forest: CompiledForest): number {
  const { featureCount, treeCount, roots } = forest;
  if (featureCount > MOST_FEATURES) return Number.POSITIVE_INFINITY;
  const coalitions = middleCoalitions(featureCount);
  let bytes = 0;
  for (let tree = 0; tree < treeCount; tree += 1) {
    const ranks = new Array<number>(featureCount).fill(1);
    for (const feature of forest.feature.subarray(roots[tree], roots[tree + 1])) {
      if (feature === LEAF) continue;
      ranks[feature] = (ranks[feature] as number) + 1;
      bytes += 2 * treeCount + 16;
    }
    for (const members of coalitions) {
      bytes += 8 * members.reduce((cells, feature) => cells * (ranks[feature] as number), 1);
    }
  }
  return bytes;
}

/**
 * Shapley values from tables, built table by table. What a tree expects when some features are known is piecewise
 * constant in their ranks among the tree's split points, so it is tabulated: a table per tree and coalition; coalitions of one
 * feature are added up over the forest, and the full coalition is the path length itself. A row then costs a binary search per
 * feature and a few look-ups per tree. Exact; memory grows with (splits per feature)^(features - 1) per tree.
 */
export function* buildTabulatedExplainer(forest: CompiledForest): Steps<ShapleySummer> {
  const features = forest.featureCount;
  const ranks = yield* rankSplits(forest);
  const trees: CoalitionTable[][] = [];
  const singles = ranks.merged.map(({ length }) => new Float64Array(length + 1));
  for (let tree = 0; tree < forest.treeCount; tree += 1) {
    const coalitions: CoalitionTable[] = [];
    for (const members of middleCoalitions(features)) {
      coalitions.push(tabulateCoalition(forest, { tree, members, ranks }));
      yield;
    }
    for (const [feature, sums] of singles.entries()) {
      addSingles(sums, forest, { tree, members: [feature], ranks });
    }
    trees.push(coalitions);
    yield;
  }
  const tables: Tables = { forest, ranks, trees, singles };
  const scratch: Scratch = {
    places: Array.from({ length: features }, () => new Int32Array(BLOCK)),
    treeRanks: Array.from({ length: features }, () => new Int32Array(BLOCK)),
    sums: createCoalitionSums(features, BLOCK),
  };
  const writeShapley = createShapleyWriter(features, expectedPathLength(forest) * forest.treeCount);
  return {
    tableBytes: tabulatedBytes(forest),
    vectorised: false,
    addShapley: (batch, out) => {
      for (let start = 0; start < batch.count; start += BLOCK) {
        const block = { ...batch, start, size: Math.min(BLOCK, batch.count - start) };
        rankBlock(tables, scratch, block);
        for (let tree = 0; tree < forest.treeCount; tree += 1)
          addTree(tables, scratch, { tree, size: block.size });
        writeShapley(scratch.sums, block, out);
      }
    },
  };
}

interface Tables {
  readonly forest: CompiledForest;
  readonly ranks: SplitRanks;
  /** Per tree its tables. */
  readonly trees: readonly (readonly CoalitionTable[])[];
  /** Per feature: sum over the trees of what they expect when only it is known, by rank within the forest. */
  readonly singles: readonly Float64Array[];
}

interface Scratch {
  /** Per feature and row: where its ranks within the trees begin. */
  readonly places: readonly Int32Array[];
  /** Per feature and row: rank within the current tree. */
  readonly treeRanks: readonly Int32Array[];
  readonly sums: CoalitionSums;
}

function addSingles(sums: Float64Array, forest: CompiledForest, coalition: Coalition): void {
  const { values } = tabulateCoalition(forest, coalition);
  const local = coalition.ranks.local[coalition.members[0] as number] as Uint16Array;
  for (let rank = 0; rank < sums.length; rank += 1) {
    sums[rank] =
      (sums[rank] as number) + (values[local[rank * forest.treeCount + coalition.tree] as number] as number);
  }
}

/** Ranks the rows, empties the sums of the tabulated coalitions and fills in those of single features. */
function rankBlock(tables: Tables, scratch: Scratch, { rows, start, size }: CoalitionBlock): void {
  const { forest, ranks, singles } = tables;
  for (const sums of scratch.sums) sums.fill(0, 0, size);
  for (let feature = 0; feature < forest.featureCount; feature += 1) {
    const places = scratch.places[feature] as Int32Array;
    const merged = ranks.merged[feature] as Float64Array;
    const sums = scratch.sums[1 << feature] as Float64Array;
    const single = singles[feature] as Float64Array;
    for (let i = 0; i < size; i += 1) {
      const rank = rankOf(rows[(start + i) * forest.featureCount + feature] as number, merged);
      places[i] = rank * forest.treeCount;
      sums[i] = single[rank] as number;
    }
  }
}

interface TreePlace {
  readonly tree: number;
  /** Rows of the block. */
  readonly size: number;
}

function addTree({ forest, ranks, trees }: Tables, scratch: Scratch, { tree, size }: TreePlace): void {
  for (let feature = 0; feature < forest.featureCount; feature += 1) {
    const local = ranks.local[feature] as Uint16Array;
    const source = scratch.places[feature] as Int32Array;
    const target = scratch.treeRanks[feature] as Int32Array;
    for (let i = 0; i < size; i += 1) target[i] = local[(source[i] as number) + tree] as number;
  }
  for (const table of trees[tree] as readonly CoalitionTable[]) {
    if (table.members.length === 2) addPair(table, scratch, size);
    else addTriple(table, scratch, size);
  }
}

function addPair({ members, mask, strides, values }: CoalitionTable, scratch: Scratch, size: number): void {
  const ranksA = scratch.treeRanks[members[0] as number] as Int32Array;
  const ranksB = scratch.treeRanks[members[1] as number] as Int32Array;
  const strideA = strides[0] as number;
  const sums = scratch.sums[mask] as Float64Array;
  for (let i = 0; i < size; i += 1) {
    const cell = (ranksA[i] as number) * strideA + (ranksB[i] as number);
    sums[i] = (sums[i] as number) + (values[cell] as number);
  }
}

function addTriple({ members, mask, strides, values }: CoalitionTable, scratch: Scratch, size: number): void {
  const ranksA = scratch.treeRanks[members[0] as number] as Int32Array;
  const ranksB = scratch.treeRanks[members[1] as number] as Int32Array;
  const ranksC = scratch.treeRanks[members[2] as number] as Int32Array;
  const strideA = strides[0] as number;
  const strideB = strides[1] as number;
  const sums = scratch.sums[mask] as Float64Array;
  for (let i = 0; i < size; i += 1) {
    const cell = (ranksA[i] as number) * strideA + (ranksB[i] as number) * strideB + (ranksC[i] as number);
    sums[i] = (sums[i] as number) + (values[cell] as number);
  }
}
