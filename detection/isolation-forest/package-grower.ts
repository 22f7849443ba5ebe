import { IsolationForest, type PackageNode } from 'ml-isolation-forest';
import type { ForestBuilder } from './forest-builder.js';
import type { TreeSample } from './subsample.js';

/**
 * Grows one isolation tree with ml-isolation-forest 0.1.0 into `builder`, and mends what the published package gets
 * wrong: it uses all rows in all trees (here it is handed one subsample for one tree), splits columns that are
 * constant in a node into "nothing" and "everything" (such splits are taken out, and the node is grown again
 * without the constant columns), lets trees grow one level too deep (cut at the height limit), has a wrong c(n) (ours
 * is used), and draws from the global random source (see `withRandom`). Several times slower than `growOwnTree`.
 */
export function growPackageTree(builder: ForestBuilder, sample: TreeSample, random: () => number): void {
  const width = sample.columns.length;
  const rows = Array.from({ length: sample.rowCount }, (_, row) =>
    Array.from(sample.values.subarray(row * width, (row + 1) * width)),
  );
  growRows({ builder, sample, random }, rows, 0);
}

type Row = readonly number[];

interface Growth {
  readonly builder: ForestBuilder;
  readonly sample: TreeSample;
  readonly random: () => number;
}

/** Lets the package grow a subtree for the rows of a node at `depth`, from the columns that vary in them. */
function growRows(growth: Growth, rows: readonly Row[], depth: number): void {
  const first = rows[0] ?? [];
  const columns = [...first.keys()].filter((column) => rows.some((row) => row[column] !== first[column]));
  if (columns.length === 0 || depth >= growth.sample.heightLimit) {
    growth.builder.leaf(rows.length);
    return;
  }
  const projected = rows.map((row) => columns.map((column) => row[column] as number));
  const forest = new IsolationForest({ nEstimators: 1 });
  withRandom(growth.random, () => forest.train(projected));
  const root = forest.forest[0];
  if (root === undefined) throw new Error('growing tree: ml-isolation-forest returned no tree');
  compile({ ...growth, columns }, { node: root, rows }, depth);
}

/**
 * Copies a node and what is below it, routing the rows again to count them. A split with an empty side tells
 * nothing and is passed over; where the package's tree ends early because of such splits, growing starts anew.
 */
function compile(
  growth: Growth & { readonly columns: readonly number[] },
  { node, rows }: { node: PackageNode; rows: readonly Row[] },
  depth: number,
): void {
  const { left, right, splitColumn, splitValue } = node;
  if (left === undefined || right === undefined || splitColumn === undefined || splitValue === undefined) {
    growRows(growth, rows, depth);
    return;
  }
  if (depth >= growth.sample.heightLimit) {
    growth.builder.leaf(rows.length);
    return;
  }
  const column = growth.columns[splitColumn] as number;
  const leftRows = rows.filter((row) => (row[column] as number) < splitValue);
  if (leftRows.length === 0 || leftRows.length === rows.length) {
    compile(growth, { node: leftRows.length === 0 ? right : left, rows }, depth);
    return;
  }
  const rightRows = rows.filter((row) => (row[column] as number) >= splitValue);
  growth.builder.split(growth.sample.columns[column] as number, nextBelow(splitValue));
  compile(growth, { node: left, rows: leftRows }, depth + 1);
  compile(growth, { node: right, rows: rightRows }, depth + 1);
}

/**
 * Runs `grow` with `random` in the place of the global random source. The package takes no generator and calls the
 * global one inside its recursion, so a swap is the only way to a forest that a seed reproduces. It is safe because
 * `grow` is synchronous: no other code of this thread runs between the swap and the `finally`, and other threads have a
 * `Math` of their own.
 */
function withRandom(random: () => number, grow: () => void): void {
  const original = Math.random;
  Math.random = random;
  try {
    grow();
  } finally {
    Math.random = original;
  }
}

/** The greatest double below `value` (finite): x < value exactly when x <= nextBelow(value). */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}
