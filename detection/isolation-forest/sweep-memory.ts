import type { Players } from './explain.js';
import type { CompiledForest } from './forest.js';
import { gaussLegendre, type Quadrature } from './gauss-legendre.js';
import {
  BLOCK,
  LEVEL,
  MOST_PAIRS,
  PAIR_BYTES,
  pairsOf,
  type SweptBlock,
  tableLayout,
} from './sweep-layout.js';

/** Blocks of rows that wait in memory while a tree's program stays in cache. */
export const BLOCKS = 16;
/** Addresses are signed 32-bit numbers. */
const MOST_BYTES = 2 ** 31 - 1;

/** Where in the memory what lies: the values and the accumulators of the blocks, then levels and programs. */
export interface MemoryPlan {
  readonly blocks: readonly SweptBlock[];
  /** Address of the levels of the current path; the first stands for what is above the root: nothing has failed and the product is 1. */
  readonly levels: number;
  /** Address of the first program. */
  readonly programs: number;
  /** Of everything. */
  readonly bytes: number;
}

/** Returns the plan. O(trees). Throws a RangeError above 2 GiB. */
export function planMemory(
  forest: CompiledForest,
  players: Players,
  lanesOf: (tree: number) => readonly Quadrature[],
): MemoryPlan {
  const valuesBytes = forest.featureCount * BLOCK * 8;
  const accumulatorsBytes = players.count * BLOCK * PAIR_BYTES;
  const levels = BLOCKS * (valuesBytes + accumulatorsBytes);
  const programs =
    levels + (1 + forest.heights.reduce((most, height) => Math.max(most, height), 0)) * LEVEL.bytes;
  let bytes = programs;
  for (let tree = 0; tree < forest.treeCount; tree += 1) {
    const inner = ((forest.roots[tree + 1] as number) - (forest.roots[tree] as number) - 1) / 2;
    for (const { points } of lanesOf(tree)) bytes += inner * tableLayout(pairsOf(points)).recordBytes;
  }
  if (bytes > MOST_BYTES)
    throw new RangeError(`making explainer: ${bytes} bytes of tables, more than ${MOST_BYTES}`);
  const blocks = Array.from({ length: BLOCKS }, (_, index) => {
    const values = index * (valuesBytes + accumulatorsBytes);
    return { values, accumulators: values + valuesBytes, rows: 0 };
  });
  return { blocks, levels, programs, bytes };
}

/** Returns the function that gives a tree's points and weights, at most 3 pairs at a time; none for a tree of one leaf. */
export function createLanes(
  forest: CompiledForest,
  players: Players,
): (tree: number) => readonly Quadrature[] {
  const rules = new Map<number, readonly Quadrature[]>();
  return (tree) => {
    // A path has at most as many players as it has edges. The integrand has degree players - 1, and n points are exact up to
    // degree 2n - 1.
    const pairs = Math.ceil(Math.min(forest.heights[tree] as number, players.count) / 4);
    const lanes = rules.get(pairs) ?? lanesOfRule(pairs);
    rules.set(pairs, lanes);
    return lanes;
  };
}

function lanesOfRule(pairs: number): readonly Quadrature[] {
  if (pairs === 0) return [];
  const { points, weights } = gaussLegendre(2 * pairs);
  const lanes: Quadrature[] = [];
  for (let from = 0; from < points.length; from += 2 * MOST_PAIRS) {
    const to = from + 2 * MOST_PAIRS;
    lanes.push({ points: points.slice(from, to), weights: weights.slice(from, to) });
  }
  return lanes;
}
