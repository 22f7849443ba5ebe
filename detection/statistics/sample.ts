/** Values of one sample, finite, in any order. */
export type Sample = readonly number[] | Float64Array;

/** What a test says: its statistic and the chance of one at least as large when nothing differs. */
export interface TestResult {
  readonly statistic: number;
  /** 0..1; assumes independent values, which the rows of a host are not. */
  readonly p: number;
}

/**
 * Returns the values ascending in a new array; O(n log n).
 * @throws RangeError when there are fewer than `minimum`
 */
export function sorted(values: Sample, minimum = 1): Float64Array {
  if (values.length < minimum) {
    throw new RangeError(`reading sample: at least ${minimum} values are needed, got ${values.length}`);
  }
  return Float64Array.from(values).sort();
}

/** Returns how many of the ascending values are <= x; O(log n). */
export function countUpTo(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns how many of the ascending values are < x; O(log n). */
export function countBelow(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the distinct values of both samples, ascending. */
export function distinctValues(...samples: Float64Array[]): Float64Array {
  const all = new Float64Array(samples.reduce((sum, sample) => sum + sample.length, 0));
  let at = 0;
  for (const sample of samples) {
    all.set(sample, at);
    at += sample.length;
  }
  return all.sort().filter((value, i) => i === 0 || value !== all[i - 1]);
}
