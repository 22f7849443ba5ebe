import { anomalyScore, type CompiledForest } from './forest.js';

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
  for (let row = 0; row < count; row += 1) out[row] = anomalyScore(out[row] as number, forest.subsampleSize);
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

/** Returns the first `length` values rounded to float32 and widened again. */
export function roundToFloat32(values: Float64Array, length: number): Float64Array {
  const rounded = new Float64Array(length);
  for (let i = 0; i < length; i += 1) rounded[i] = Math.fround(values[i] as number);
  return rounded;
}

/**
 * Writes the sum over the trees of the path lengths. Goes tree by tree, so that a tree (4 kB at psi 256) stays in
 * the first-level cache for the whole batch. `rows` must already be rounded where the forest casts.
 */
export function sumPathLengths(
  forest: CompiledForest,
  rows: Float64Array,
  count: number,
  out: Float64Array,
): void {
  const { feature, threshold, right, pathLength: leafLength, roots, featureCount, treeCount } = forest;
  out.fill(0, 0, count);
  for (let tree = 0; tree < treeCount; tree += 1) {
    const root = roots[tree] as number;
    for (let row = 0; row < count; row += 1) {
      const base = row * featureCount;
      let node = root;
      let column = feature[node] as number;
      while (column >= 0) {
        const goesLeft = (rows[base + column] as number) <= (threshold[node] as number);
        node = goesLeft ? node + 1 : (right[node] as number);
        column = feature[node] as number;
      }
      out[row] = (out[row] as number) + (leafLength[node] as number);
    }
  }
}
