/**
 * A sample as counts in fixed bins, plus the few exact numbers that bins lose. Bin i holds the values in
 * (edges[i - 1], edges[i]]; the first bin is open below, the last one above.
 */
export interface BinnedSample {
  /** Rows per bin, edges.length + 1 of them. */
  readonly counts: Uint32Array;
  rows: number;
  /** Sums of x - center and of its square: relative to a center, so that a large level costs no digits. */
  sum: number;
  squares: number;
  min: number;
  max: number;
  /** Highest value in the first bin and lowest in the last one: how far into the open bins the values lie. */
  bottomHigh: number;
  topLow: number;
}

/** Returns a sample without rows. */
export function emptySample(bins: number): BinnedSample {
  return { counts: new Uint32Array(bins), ...NO_VALUES };
}

const NO_VALUES = {
  rows: 0,
  sum: 0,
  squares: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  bottomHigh: Number.NEGATIVE_INFINITY,
  topLow: Number.POSITIVE_INFINITY,
};

/** Takes all rows out. */
export function clearSample(sample: BinnedSample): void {
  sample.counts.fill(0);
  Object.assign(sample, NO_VALUES);
}

/** Returns the bin of x: the first edge that is not below it; O(log edges). */
export function binOf(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds one finite value; allocates nothing. */
export function addValue(sample: BinnedSample, edges: Float64Array, x: number, center: number): void {
  const bin = binOf(edges, x);
  sample.counts[bin] = (sample.counts[bin] as number) + 1;
  sample.rows++;
  sample.sum += x - center;
  sample.squares += (x - center) * (x - center);
  sample.min = Math.min(sample.min, x);
  sample.max = Math.max(sample.max, x);
  if (bin === 0) sample.bottomHigh = Math.max(sample.bottomHigh, x);
  if (bin === edges.length) sample.topLow = Math.min(sample.topLow, x);
}

/** Adds the rows of `other` (same bins, same center) to `sample`. */
export function addSample(sample: BinnedSample, other: BinnedSample): void {
  for (let i = 0; i < other.counts.length; i++) {
    sample.counts[i] = (sample.counts[i] as number) + (other.counts[i] as number);
  }
  sample.rows += other.rows;
  sample.sum += other.sum;
  sample.squares += other.squares;
  sample.min = Math.min(sample.min, other.min);
  sample.max = Math.max(sample.max, other.max);
  sample.bottomHigh = Math.max(sample.bottomHigh, other.bottomHigh);
  sample.topLow = Math.min(sample.topLow, other.topLow);
}

/** Returns the largest distance of two distribution functions at the bin edges, 0..1; 0 when a side has no rows. */
export function binnedDistance(a: BinnedSample, b: BinnedSample): number {
  if (a.rows === 0 || b.rows === 0) return 0;
  let below = 0;
  let other = 0;
  let largest = 0;
  for (let i = 0; i < a.counts.length; i++) {
    below += a.counts[i] as number;
    other += b.counts[i] as number;
    largest = Math.max(largest, Math.abs(below / a.rows - other / b.rows));
  }
  return largest;
}
