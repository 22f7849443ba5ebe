import type { ShapleySummer } from './explain.js';
import type { CompiledForest } from './forest.js';
import {
  buildSweeps,
  DELTA,
  FAILED,
  LANES,
  LEAF_SUM,
  LEAF_VALUE,
  NODE_DOUBLES,
  type TreeSweep,
  WENT_LEFT,
  WENT_RIGHT,
} from './path-tables.js';

/**
 * Shapley values by paths, for any number of features. Each leaf is a product game: its path length times, per player
 * on its path, o (1 when the row meets the player's conditions) if the player is known, else z (the share of rows that
 * do). Its Shapley value is (o_i - z_i) times the integral over t in [0, 1] of the product over j /= i of
 * z_j (1 - t) + o_j t (Owen's multilinear extension), a polynomial, so Gauss-Legendre points give it exactly. Leaves share
 * the products of their common path (down) and the sums over their subtrees (up), as in Yu, Xu, Yuan, Shen 2022 (Linear
 * TreeSHAP): O(nodes * points) per row and tree, no division and no branch but the row's comparisons.
 * Grouped features are the same game with the group as player.
 */
export function createPathExplainer(
  forest: CompiledForest,
  players: Int32Array,
  playerCount: number,
): ShapleySummer {
  const sweeps = buildSweeps(forest, players);
  const slots = 1 + sweeps.reduce((most, sweep) => Math.max(most, sweep.size), 0);
  const scratch: Scratch = {
    codes: new Int32Array(slots),
    // Slot 0 stands for what is above the root: nothing has failed, and the empty product is 1.
    products: new Float64Array(slots * LANES).fill(1, 0, LANES),
    sums: new Float64Array(slots * LANES),
  };
  return {
    tableBytes: sweeps.reduce((sum, sweep) => sum + sweep.table.byteLength, 0),
    addShapley: ({ rows, count }, out) => {
      const place: RowPlace = { rows, base: 0, out, first: 0 };
      for (const sweep of sweeps) {
        for (let row = 0; row < count; row += 1) {
          place.base = row * forest.featureCount;
          place.first = row * playerCount;
          sweepDown(sweep, scratch, place);
          sweepUp(sweep, scratch, place);
        }
      }
    },
  };
}

interface Scratch {
  /** Per slot: the node's code for the current row. */
  readonly codes: Int32Array;
  /** Per slot LANES: product of the players' factors on the path. */
  readonly products: Float64Array;
  /** Per slot LANES: sum over the leaves below of product, quadrature weight and path length. */
  readonly sums: Float64Array;
}

/** What one sweep reads and writes of a batch. */
interface RowPlace {
  readonly rows: Float64Array;
  /** Where the row starts in `rows`. */
  base: number;
  readonly out: Float64Array;
  /** Where the row's players start in `out`. */
  first: number;
}

/**
 * Decides each node's code and product from the root down and adds what its leaf children give: to its own sum, and to
 * its player. The lanes are written out in both sweeps: they are the hot loops.
 */
function sweepDown(sweep: TreeSweep, scratch: Scratch, place: RowPlace): void {
  const { size, feature, threshold, player, parent, earlier, required, table } = sweep;
  const { codes, products, sums } = scratch;
  const { rows, base, out, first } = place;
  for (let slot = 1; slot <= size; slot += 1) {
    const above = parent[slot] as number;
    const from = above * LANES;
    const at = slot * LANES;
    const goesLeft = (rows[base + (feature[slot] as number)] as number) <= (threshold[slot] as number);
    const side = goesLeft ? WENT_LEFT : WENT_RIGHT;
    const code = codes[earlier[slot] as number] === required[slot] ? side : FAILED;
    const edge = slot * NODE_DOUBLES + (codes[above] as number);
    const leaf = slot * NODE_DOUBLES + code;
    codes[slot] = code;
    const product0 = (products[from] as number) * (table[edge] as number);
    const product1 = (products[from + 1] as number) * (table[edge + 1] as number);
    const product2 = (products[from + 2] as number) * (table[edge + 2] as number);
    const product3 = (products[from + 3] as number) * (table[edge + 3] as number);
    products[at] = product0;
    products[at + 1] = product1;
    products[at + 2] = product2;
    products[at + 3] = product3;
    sums[at] = product0 * (table[leaf + LEAF_SUM] as number);
    sums[at + 1] = product1 * (table[leaf + LEAF_SUM + 1] as number);
    sums[at + 2] = product2 * (table[leaf + LEAF_SUM + 2] as number);
    sums[at + 3] = product3 * (table[leaf + LEAF_SUM + 3] as number);
    const own = first + (player[slot] as number);
    out[own] =
      (out[own] as number) +
      (product0 * (table[leaf + LEAF_VALUE] as number) +
        product1 * (table[leaf + LEAF_VALUE + 1] as number)) +
      (product2 * (table[leaf + LEAF_VALUE + 2] as number) +
        product3 * (table[leaf + LEAF_VALUE + 3] as number));
  }
}

/** Hands each node's sum on to its parent, and what the edge between them changes to the parent's player. */
function sweepUp(sweep: TreeSweep, scratch: Scratch, place: RowPlace): void {
  const { size, player, parent, table } = sweep;
  const { codes, sums } = scratch;
  const { out, first } = place;
  for (let slot = size; slot > 1; slot -= 1) {
    const at = slot * LANES;
    const above = parent[slot] as number;
    const to = above * LANES;
    const edge = slot * NODE_DOUBLES + DELTA + (codes[above] as number);
    const sum0 = sums[at] as number;
    const sum1 = sums[at + 1] as number;
    const sum2 = sums[at + 2] as number;
    const sum3 = sums[at + 3] as number;
    sums[to] = (sums[to] as number) + sum0;
    sums[to + 1] = (sums[to + 1] as number) + sum1;
    sums[to + 2] = (sums[to + 2] as number) + sum2;
    sums[to + 3] = (sums[to + 3] as number) + sum3;
    const upper = first + (player[above] as number);
    out[upper] =
      (out[upper] as number) +
      (sum0 * (table[edge] as number) + sum1 * (table[edge + 1] as number)) +
      (sum2 * (table[edge + 2] as number) + sum3 * (table[edge + 3] as number));
  }
}
