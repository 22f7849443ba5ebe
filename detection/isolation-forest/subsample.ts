/** The rows that one tree is grown from, without the columns that are constant in them. */
export interface TreeSample {
  readonly rowCount: number;
  /** Row-major, rowCount x columns.length. */
  readonly values: Float64Array;
  /** Per kept column: its feature number in the forest. Empty when all columns are constant. */
  readonly columns: Int32Array;
  /** Permutation of the kept columns' positions: scratch for the grower's draws. */
  readonly drawOrder: Int32Array;
  /** Deepest level of a leaf, in edges: ceil(log2 rowCount), the mean height of a tree (Liu, Ting, Zhou 2008). */
  readonly heightLimit: number;
}

/** Training rows: row-major, featureCount values each, all finite. */
export interface TrainingRows {
  readonly rows: Float64Array;
  readonly featureCount: number;
}

/**
 * Returns a function that draws `size` rows without replacement on each call (a partial Fisher-Yates shuffle of the
 * row numbers, which goes on from the last order: still even). O(size * featureCount) per call after O(rows) once.
 */
export function createSubsampler(
  { rows, featureCount }: TrainingRows,
  size: number,
  random: () => number,
): () => TreeSample {
  const rowCount = rows.length / featureCount;
  const order = Int32Array.from({ length: rowCount }, (_, i) => i);
  return () => {
    for (let i = 0; i < size; i += 1) {
      const drawn = i + Math.floor(random() * (rowCount - i));
      const row = order[drawn] as number;
      order[drawn] = order[i] as number;
      order[i] = row;
    }
    return takeRows({ rows, featureCount }, order.subarray(0, size));
  };
}

function takeRows({ rows, featureCount }: TrainingRows, chosen: Int32Array): TreeSample {
  const columns = varyingColumns({ rows, featureCount }, chosen);
  const values = new Float64Array(chosen.length * columns.length);
  let next = 0;
  for (const row of chosen) {
    for (const column of columns) {
      values[next] = rows[row * featureCount + column] as number;
      next += 1;
    }
  }
  return {
    rowCount: chosen.length,
    values,
    columns,
    drawOrder: Int32Array.from(columns.keys()),
    heightLimit: Math.ceil(Math.log2(chosen.length)),
  };
}

function varyingColumns({ rows, featureCount }: TrainingRows, chosen: Int32Array): Int32Array {
  const first = (chosen[0] as number) * featureCount;
  const varying: number[] = [];
  for (let column = 0; column < featureCount; column += 1) {
    const value = rows[first + column] as number;
    if (chosen.some((row) => (rows[row * featureCount + column] as number) !== value)) varying.push(column);
  }
  return Int32Array.from(varying);
}
