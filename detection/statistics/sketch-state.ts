/**
 * State of a merging t-digest and the one operation that changes its shape.
 *
 * One Float64Array holds everything, because a JavaScript typed array costs about 200 bytes of header and there is
 * one sketch per series and statistic: `cells` = means (room) | weights (room) | buffer (bufferSize), where
 * room = compression + 2 + bufferSize.
 */
export interface SketchState {
  /** Delta of the scale function k1; bounds the centroids to compression + 1. */
  readonly compression: number;
  /** Values held singly before they are folded into the centroids. */
  readonly bufferSize: number;
  /** Start of the weights in `cells`, and the room for means. */
  readonly room: number;
  readonly cells: Float64Array;
  /** Centroids in use: means ascending in cells[0, centroids), weights in cells[room, room + centroids). */
  centroids: number;
  /** Values in the buffer, ascending, in cells[2 * room, 2 * room + buffered). */
  buffered: number;
  /** Sum of the centroids' weights (the buffer is not in it). */
  folded: number;
  min: number;
  max: number;
}

/** Compression of a sketch that says nothing else: about 50 centroids in use, 2,032 bytes of cells. */
export const DEFAULT_COMPRESSION = 80;
const MIN_COMPRESSION = 20;
const MAX_COMPRESSION = 1000;

/**
 * Returns an empty state.
 * @param compression integer 20..1000
 * @throws RangeError when compression is out of range
 */
export function emptySketchState(compression: number): SketchState {
  if (!Number.isInteger(compression) || compression < MIN_COMPRESSION || compression > MAX_COMPRESSION) {
    throw new RangeError(
      `creating quantile sketch: compression must be an integer ${MIN_COMPRESSION}..${MAX_COMPRESSION}, got ${compression}`,
    );
  }
  const bufferSize = Math.floor((compression * 3) / 8);
  const room = compression + 2 + bufferSize;
  return {
    compression,
    bufferSize,
    room,
    cells: new Float64Array(2 * room + bufferSize),
    centroids: 0,
    buffered: 0,
    folded: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
}

/**
 * Largest cumulative share that a centroid starting at share `q` may reach: k1(limit) = k1(q) + 1 with
 * k1(q) = compression / (2 pi) * asin(2q - 1) (Dunning and Ertl 2019, section 3).
 * The angle addition theorem leaves only a square root, which IEEE 754 rounds the same on every machine; asin is not.
 */
function shareLimit(q: number, cosStep: number, sinStep: number): number {
  const sine = 2 * q - 1;
  if (sine >= cosStep) return 1;
  return (1 + sine * cosStep + 2 * Math.sqrt(q * (1 - q)) * sinStep) / 2;
}

/**
 * Folds the first `count` items of the buffer, ascending, into the centroids in one pass and in place: the centroids move right by `count`,
 * so that the write position can never overtake the read position. Allocates nothing.
 * @param count 1..bufferSize
 * @param weights weights of the items; null when every item is one value
 */
export function foldBuffer(state: SketchState, count: number, weights: Float64Array | null): void {
  const { cells, room, centroids } = state;
  const items = 2 * room;
  let total = state.folded;
  for (let i = 0; i < count; i++) total += weights === null ? 1 : (weights[i] as number);
  cells.copyWithin(count, 0, centroids);
  cells.copyWithin(room + count, room, room + centroids);

  const angle = (2 * Math.PI) / state.compression;
  const cosStep = Math.cos(angle);
  const sinStep = Math.sin(angle);
  let left = 0;
  let right = 0;
  let written = 0;
  let before = 0;
  let limit = total * shareLimit(0, cosStep, sinStep);
  let mean = 0;
  let weight = 0;
  while (left < centroids || right < count) {
    let value: number;
    let mass: number;
    if (
      right >= count ||
      (left < centroids && (cells[count + left] as number) <= (cells[items + right] as number))
    ) {
      value = cells[count + left] as number;
      mass = cells[room + count + left] as number;
      left++;
    } else {
      value = cells[items + right] as number;
      mass = weights === null ? 1 : (weights[right] as number);
      right++;
    }
    if (weight === 0) {
      mean = value;
      weight = mass;
    } else if (before + weight + mass <= limit) {
      weight += mass;
      const share = mass / weight;
      const blended = mean * (1 - share) + value * share;
      // Clamped so that rounding can neither move a constant nor put two centroids out of order.
      mean = Math.max(mean, Math.min(blended, value));
    } else {
      cells[written] = mean;
      cells[room + written] = weight;
      written++;
      before += weight;
      limit = total * shareLimit(before / total, cosStep, sinStep);
      mean = value;
      weight = mass;
    }
  }
  if (weight > 0) {
    cells[written] = mean;
    cells[room + written] = weight;
    written++;
  }
  state.centroids = written;
  state.folded = total;
}
