/**
 * Where the sweep's numbers lie, in bytes from the start of one memory that the program of the trees, the working space and both
 * executors (`sweep-kernel.ts`, `sweep-script.ts`) share. Pairs of doubles lie at multiples of 16, so that none straddles a cache line.
 */

/** Rows that go through a tree together: one node's table is fetched once for all of them, and their levels stay in cache. */
export const BLOCK = 16;

/** Quadrature points travel in pairs; a sweep carries 1 to 3 pairs. 6 points are exact for paths with up to 12 players. */
export type Pairs = 1 | 2 | 3;
export const MOST_PAIRS: Pairs = 3;
export const PAIR_BYTES = 16;

/** Returns how many pairs an even number of points, up to 6, makes. */
export function pairsOf(points: Float64Array): Pairs {
  return points.length <= 2 ? 1 : points.length <= 4 ? 2 : MOST_PAIRS;
}

/** A level of the current path. Codes: one i32 per row. Products and sums: per row its pairs. */
export const LEVEL = {
  products: 8 * BLOCK,
  sums: (8 + PAIR_BYTES * MOST_PAIRS) * BLOCK,
  bytes: (8 + 2 * PAIR_BYTES * MOST_PAIRS) * BLOCK,
} as const;

/** Fields of an inner node's record: the threshold an f64, the others i32, then the table. */
export const NODE = {
  threshold: 0,
  /** Of the feature's values in a block of rows. */
  values: 8,
  /** Of the player's accumulators in a block. */
  own: 12,
  /** Address of the level above the node. */
  level: 16,
  /** Address of the codes of the nearest level above with the same player; the root level's, all FAILED, when there is none. */
  earlier: 20,
  /** The code that must stand there for the player not to have failed. */
  required: 24,
  /** Subtrees that end with this node: it and so many ancestors hand their sums up. */
  closes: 28,
  /** Of the accumulators of the player of the node above. */
  upper: 32,
  /** Address of the record of the node above. */
  parent: 36,
  table: 48,
} as const;

/**
 * What is known of a node's player on the path, for a row. A code is also an offset into the tables: 3 codes x (RATIO, DELTA),
 * then 3 codes x (LEAF_VALUE, LEAF_SUM), so that what is read together lies together.
 */
export interface TableLayout {
  readonly failed: 0;
  readonly wentLeft: number;
  readonly wentRight: number;
  /** By the code of the node above: factor from its product to this node's (at 0), change of its player's coefficient. */
  readonly delta: number;
  /** By the own code: what leaf children give to the own player, and to the own subtree's sum, per unit of product. */
  readonly leafValue: number;
  readonly leafSum: number;
  /** Of a whole record. */
  readonly recordBytes: number;
}

/** Returns the layout of tables for so many pairs of points. */
export function tableLayout(pairs: Pairs): TableLayout {
  const cell = pairs * PAIR_BYTES;
  return {
    failed: 0,
    wentLeft: 2 * cell,
    wentRight: 4 * cell,
    delta: cell,
    leafValue: 6 * cell,
    leafSum: 7 * cell,
    recordBytes: NODE.table + 12 * cell,
  };
}

/** The program of one tree for one set of points: records in preorder. */
export interface Sweep {
  readonly pairs: Pairs;
  /** Address of the first record and of the end. */
  readonly start: number;
  readonly end: number;
}

/** A block of rows: addresses of its values (feature by feature) and accumulators (player by player). */
export interface SweptBlock {
  readonly values: number;
  readonly accumulators: number;
  /** At most BLOCK; set anew for each batch. */
  rows: number;
}

/** A memory and what runs sweeps in it. */
export interface SweepMachine {
  readonly buffer: ArrayBuffer;
  /** True when WebAssembly does the work. */
  readonly vectorised: boolean;
  /** Runs the sweep over the block: per row and player it adds a pair of doubles whose sum is the Shapley value. */
  execute(sweep: Sweep, block: SweptBlock): void;
}
