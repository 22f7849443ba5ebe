import { linearQuantile } from '../statistics/quantile.js';
import { addSample, addValue, type BinnedSample, binnedDistance, emptySample } from './binned-sample.js';
import { quantileEdges, withOuterEdges } from './quantile-bins.js';

/** What one metric's reference is built from. */
export interface DriftReferenceInput {
  /** Finite values of one metric in order of time. */
  readonly values: ArrayLike<number>;
  /** Time of each value, ms, ascending. */
  readonly timestamps: ArrayLike<number>;
  readonly blockMs: number;
  readonly windowBlocks: number;
  /** Quantile bins, 2 or more; 12 outer ones are added for states beyond training. */
  readonly bins?: number;
  /** Rows that a window needs. */
  readonly minRows?: number;
  /** Rows of the stream that each value stands for when the series was thinned evenly; 1 or more. */
  readonly rowsPerValue?: number;
}

/** What a metric looked like in training, and how far its own windows strayed from that. */
export interface DriftReference {
  readonly kind: 'reference';
  readonly edges: Float64Array;
  /** Rows per bin, edges.length + 1 of them. */
  readonly counts: Uint32Array;
  readonly rows: number;
  /** Distance above which a window is unlike every window of training: max(0.3, the largest of `ownWindows`). */
  readonly limit: number;
  /** Distance of each sliding window of the reference from the rest of it. */
  readonly ownWindows: Float64Array;
  /** Non-overlapping windows that the reference covers. */
  readonly windows: number;
  readonly blockMs: number;
  readonly windowBlocks: number;
  /** The same counts with the numbers that bins lose; its sums are relative to `center`. */
  readonly sample: BinnedSample;
  readonly center: number;
  /** Integrated autocorrelation time in rows of the stream, >= 1: rows / this is about the number of independent values. */
  readonly autocorrelationRows: number;
}

/** Why a metric cannot be tested, in numbers that a person can act on. */
export interface InsufficientReference {
  readonly kind: 'insufficient';
  readonly reason: 'too-short' | 'too-sparse' | 'constant';
  /** One sentence that says what is missing. */
  readonly missing: string;
  /** Non-overlapping windows covered, and needed. */
  readonly windows: number;
  readonly windowsNeeded: number;
}

/** Smallest limit: .3 of a window has to change before anything is called drift. */
export const SMALLEST_LIMIT = 0.3;
/** Windows that a reference needs: with fewer, the largest own distance says little about the next window. */
export const MIN_WINDOWS = 5;
/** Share of a window's blocks that must count. */
export const BLOCK_SHARE = 0.75;
/** A block with less than this share of the usual rows does not count. */
export const ROW_SHARE = 0.5;
/** Smallest standard deviation that is tested, in units of the metric's scale. */
const MIN_SPREAD = 0.005;
const MAX_LAG = 500;

/**
 * Returns the drift reference of one metric, or what is missing for one (drift recipe 5.1).
 * Cost: a sort, then windows x blocks x bins; plus rows x lag (<= 500) for the autocorrelation.
 * @throws RangeError when values and timestamps differ in length, or a setting is out of range
 * @example buildDriftReference({ values: [1], timestamps: [0], blockMs: 3_600_000, windowBlocks: 24 }).kind; // 'insufficient'
 */
export function buildDriftReference(input: DriftReferenceInput): DriftReference | InsufficientReference {
  const { values, timestamps, blockMs, windowBlocks, bins = 32, minRows = 100, rowsPerValue = 1 } = input;
  if (values.length !== timestamps.length) {
    throw new RangeError(
      `building drift reference: ${values.length} values but ${timestamps.length} timestamps`,
    );
  }
  if (!(blockMs > 0) || !(windowBlocks >= 1) || !(bins >= 2)) {
    throw new RangeError('building drift reference: blockMs > 0, windowBlocks >= 1 and bins >= 2 are needed');
  }
  const windows = windowsCovered(
    { first: timestamps[0], last: timestamps[timestamps.length - 1], count: timestamps.length },
    blockMs * windowBlocks,
  );
  if (windows < MIN_WINDOWS) {
    const missing = `${MIN_WINDOWS - windows} more windows of ${windowBlocks} x ${blockMs} ms are needed`;
    return { kind: 'insufficient', reason: 'too-short', missing, windows, windowsNeeded: MIN_WINDOWS };
  }
  const ascending = Float64Array.from(values).sort();
  const deviation = standardDeviation(ascending);
  if (isNearConstant(ascending, deviation)) {
    const missing = `values differ by less than ${MIN_SPREAD} of their scale: nothing to compare`;
    return { kind: 'insufficient', reason: 'constant', missing, windows, windowsNeeded: MIN_WINDOWS };
  }
  const quartiles = linearQuantile(ascending, 0.75) - linearQuantile(ascending, 0.25);
  const edges = withOuterEdges(quantileEdges(ascending, bins), quartiles || deviation);
  const center = linearQuantile(ascending, 0.5);
  const blocks = countBlocks({ ...input, edges, center });
  const sample = emptySample(edges.length + 1);
  for (const block of blocks.values()) addSample(sample, block);
  const ownWindows = distancesOfOwnWindows(blocks, sample, { windowBlocks, minRows });
  if (ownWindows.length === 0) {
    const needed = Math.ceil(BLOCK_SHARE * windowBlocks);
    const missing = `no window has ${needed} filled blocks and ${minRows} rows`;
    return { kind: 'insufficient', reason: 'too-sparse', missing, windows, windowsNeeded: MIN_WINDOWS };
  }
  return {
    kind: 'reference',
    edges,
    counts: sample.counts,
    rows: sample.rows,
    limit: ownWindows.reduce((largest, distance) => Math.max(largest, distance), SMALLEST_LIMIT),
    ownWindows,
    windows,
    blockMs,
    windowBlocks,
    sample,
    center,
    autocorrelationRows: rowsPerValue * autocorrelationRows(values, sample.sum / sample.rows + center),
  };
}

/** Returns how many rows a block must have to count: half the median of the blocks that have any. */
export function rowsToCount(rows: readonly number[]): number {
  const ascending = Float64Array.from(rows.filter((count) => count > 0)).sort();
  return ascending.length === 0 ? Number.POSITIVE_INFINITY : ROW_SHARE * linearQuantile(ascending, 0.5);
}

/** Times of the first and the last of `count` values, ms. */
export interface Span {
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly count: number;
}

/** Returns the whole windows from the first value to the end of the last one; a reference needs MIN_WINDOWS. */
export function windowsCovered({ first, last, count }: Span, windowMs: number): number {
  if (first === undefined || last === undefined || count < 2) return 0;
  return Math.floor(((last - first) * (count / (count - 1))) / windowMs);
}

/** Scale = max(q99.9 - q0.1, 0.1 |median|), 1 where that is 0, at least 1e-3 (detection recipe 1). */
function isNearConstant(ascending: Float64Array, deviation: number): boolean {
  const range = linearQuantile(ascending, 0.999) - linearQuantile(ascending, 0.001);
  const scale = Math.max(1e-3, Math.max(range, 0.1 * Math.abs(linearQuantile(ascending, 0.5))) || 1);
  return deviation < MIN_SPREAD * scale;
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

function countBlocks(
  input: DriftReferenceInput & { edges: Float64Array; center: number },
): Map<number, BinnedSample> {
  const blocks = new Map<number, BinnedSample>();
  for (let i = 0; i < input.values.length; i++) {
    const index = Math.floor((input.timestamps[i] as number) / input.blockMs);
    let block = blocks.get(index);
    if (block === undefined) {
      block = emptySample(input.edges.length + 1);
      blocks.set(index, block);
    }
    addValue(block, input.edges, input.values[i] as number, input.center);
  }
  return blocks;
}

function distancesOfOwnWindows(
  blocks: Map<number, BinnedSample>,
  whole: BinnedSample,
  { windowBlocks, minRows }: { windowBlocks: number; minRows: number },
): Float64Array {
  const needed = rowsToCount([...blocks.values()].map((block) => block.rows));
  const indices = [...blocks.keys()].sort((a, b) => a - b);
  const last = indices[indices.length - 1] ?? 0;
  const distances: number[] = [];
  for (let start = indices[0] ?? 0; start + windowBlocks - 1 <= last; start++) {
    const window = emptySample(whole.counts.length);
    let counted = 0;
    for (let index = start; index < start + windowBlocks; index++) {
      const block = blocks.get(index);
      if (block === undefined || block.rows < needed) continue;
      addSample(window, block);
      counted++;
    }
    if (counted < BLOCK_SHARE * windowBlocks || window.rows < minRows) continue;
    distances.push(binnedDistance(window, without(whole, window)));
  }
  return Float64Array.from(distances);
}

/** The counts of `whole` without those of `part`; only counts and rows, for a distance. */
function without(whole: BinnedSample, part: BinnedSample): BinnedSample {
  const rest = emptySample(whole.counts.length);
  for (let i = 0; i < rest.counts.length; i++) {
    rest.counts[i] = (whole.counts[i] as number) - (part.counts[i] as number);
  }
  rest.rows = whole.rows - part.rows;
  return rest;
}

/** 1 + 2 sum of the autocorrelations up to the first below 0.05, at most 500 lags: a lower bound where memory is longer. */
function autocorrelationRows(values: ArrayLike<number>, mean: number): number {
  const n = values.length;
  const lags = Math.min(MAX_LAG, Math.floor(n / 5));
  const correlate = (lag: number): number => {
    let sum = 0;
    for (let i = 0; i + lag < n; i++)
      sum += ((values[i] as number) - mean) * ((values[i + lag] as number) - mean);
    return sum;
  };
  const variance = correlate(0);
  let time = 1;
  for (let lag = 1; lag <= lags; lag++) {
    const correlation = correlate(lag) / variance;
    if (correlation < 0.05) break;
    time += 2 * correlation;
  }
  return time;
}
