import { averagePathLength, type CompiledForest, scoreOfLength } from './forest.js';

/**
 * Writes the mean path length E(x) over all trees, in edges, of each of the first `count` rows into `out`.
 * rows: row-major, featureCount values each; out: length >= count. Allocates nothing per row; a forest that casts
 * to float32 costs one copy of the batch. O(count * trees * depth). Throws a RangeError when an array is too short.
 */
export function pathLengths(
  forest: CompiledForest,
  rows: Float64Array,
  count: number,
  out: Float64Array,
): void {
  requireBatch(forest, rows, count);
  if (out.length < count)
    throw new RangeError(`scoring batch: ${out.length} places for ${count} path lengths`);
  sumPathLengths(
    forest,
    forest.castsToFloat32 ? roundToFloat32(rows, count * forest.featureCount) : rows,
    count,
    out,
  );
  for (let row = 0; row < count; row += 1) out[row] = (out[row] as number) / forest.treeCount;
}

/** Like `pathLengths`, but writes anomaly scores in (0, 1], higher = stranger. */
export function anomalyScores(
  forest: CompiledForest,
  rows: Float64Array,
  count: number,
  out: Float64Array,
): void {
  pathLengths(forest, rows, count, out);
  scoresOfLengths(forest, out, count, out);
}

/** Writes the anomaly scores that belong to the first `count` mean path lengths; `out` may be `lengths`. Allocates nothing. */
export function scoresOfLengths(
  forest: CompiledForest,
  lengths: Float64Array,
  count: number,
  out: Float64Array,
): void {
  const normal = averagePathLength(forest.subsampleSize);
  for (let row = 0; row < count; row += 1) out[row] = scoreOfLength(lengths[row] as number, normal);
}

/** Returns the mean path length of one row (featureCount values), in edges. */
export function pathLength(forest: CompiledForest, row: Float64Array): number {
  const out = new Float64Array(1);
  pathLengths(forest, row, 1, out);
  return out[0] as number;
}

/** Throws a RangeError when `rows` does not hold `count` rows of the forest. */
export function requireBatch(forest: CompiledForest, rows: Float64Array, count: number): void {
  if (!Number.isInteger(count) || count < 0 || rows.length < count * forest.featureCount) {
    throw new RangeError(
      `scoring batch: ${rows.length} values are not ${count} rows of ${forest.featureCount}`,
    );
  }
}

/** Returns the first `length` values rounded to float32 and widened again: in `target` where they fit, else in a new array. */
export function roundToFloat32(
  values: Float64Array,
  length: number,
  target: Float64Array<ArrayBuffer> = new Float64Array(length),
): Float64Array<ArrayBuffer> {
  const rounded = target.length >= length ? target : new Float64Array(length);
  for (let i = 0; i < length; i += 1) rounded[i] = Math.fround(values[i] as number);
  return rounded;
}

/**
 * Writes the sum over the trees of the path lengths. Goes tree by tree, so that a tree (7 kB at psi 256) stays in the first-level
 * cache for the whole batch, with four rows abreast: each walks as many steps as the tree is high, without a branch that the
 * processor could mispredict, and while one waits for memory the others go on. `rows` must already be rounded where the
 * forest casts.
 */
export function sumPathLengths(
  forest: CompiledForest,
  rows: Float64Array,
  count: number,
  out: Float64Array,
): void {
  out.fill(0, 0, count);
  const walk: Walk = { rows, count, out };
  for (let tree = 0; tree < forest.treeCount; tree += 1) walkTree(forest, tree, walk);
}

interface Walk {
  readonly rows: Float64Array;
  readonly count: number;
  readonly out: Float64Array;
}

/** A comparison gives 0 (left) or 1 (right, and NaN goes there), which picks the child. Both loops take the same steps. */
function walkTree(forest: CompiledForest, tree: number, { rows, count, out }: Walk): void {
  const { column, threshold, child, pathLength: leafLength, featureCount } = forest;
  const root = forest.roots[tree] as number;
  const height = forest.heights[tree] as number;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    const base0 = row * featureCount;
    const base1 = base0 + featureCount;
    const base2 = base1 + featureCount;
    const base3 = base2 + featureCount;
    let node0 = root;
    let node1 = root;
    let node2 = root;
    let node3 = root;
    for (let step = 0; step < height; step += 1) {
      const isLeft0 = (rows[base0 + (column[node0] as number)] as number) <= (threshold[node0] as number);
      const isLeft1 = (rows[base1 + (column[node1] as number)] as number) <= (threshold[node1] as number);
      const isLeft2 = (rows[base2 + (column[node2] as number)] as number) <= (threshold[node2] as number);
      const isLeft3 = (rows[base3 + (column[node3] as number)] as number) <= (threshold[node3] as number);
      node0 = child[2 * node0 + Number(!isLeft0)] as number;
      node1 = child[2 * node1 + Number(!isLeft1)] as number;
      node2 = child[2 * node2 + Number(!isLeft2)] as number;
      node3 = child[2 * node3 + Number(!isLeft3)] as number;
    }
    out[row] = (out[row] as number) + (leafLength[node0] as number);
    out[row + 1] = (out[row + 1] as number) + (leafLength[node1] as number);
    out[row + 2] = (out[row + 2] as number) + (leafLength[node2] as number);
    out[row + 3] = (out[row + 3] as number) + (leafLength[node3] as number);
  }
  for (; row < count; row += 1) {
    const base = row * featureCount;
    let node = root;
    for (let step = 0; step < height; step += 1) {
      const isLeft = (rows[base + (column[node] as number)] as number) <= (threshold[node] as number);
      node = child[2 * node + Number(!isLeft)] as number;
    }
    out[row] = (out[row] as number) + (leafLength[node] as number);
  }
}
