import { ASPECT_AT, DEVIATION_AT, type Point, SCALE_AT, ZSCORE_AT } from './point.js';

/** Points after which an old value counts half in the long-run moments. */
export const HALF_LIFE_POINTS = 5000;
/** Points that are learnt unclipped: the gate needs a spread to go by. */
export const GATE_FREE_POINTS = 60;
/** A point moves the moments by at most this many long-run standard deviations. */
export const GATE_SIGMAS = 3;
/** Smallest standard deviation, in units of the series' scale. */
export const FLOOR_SHARE = 0.005;
/** |z| is clipped here, to stay finite. It counts as evidence up to 30; explanations rank by what lies beyond. */
export const MAX_ZSCORE = 1e6;

const LEARNING_RATE = 1 - 0.5 ** (1 / HALF_LIFE_POINTS);

/** Numbers that {@link learnMoments} keeps: points taken in, long-run mean, population variance. */
export const MOMENTS_CELLS = 3;
const MEAN = 1;
const VARIANCE = 2;

/** Long-run mean and population variance of a series, exponentially weighted and gated. */
export interface LongRunMoments {
  /** Points taken in. */
  readonly points: number;
  readonly mean: number;
  readonly variance: number;
}

/** Where moments lie: three cells of an array that holds other numbers too (an object each would double their memory). */
export interface MomentsPlace {
  readonly cells: Float64Array;
  /** The first of {@link MOMENTS_CELLS} cells; all 0 before the first point. */
  readonly at: number;
}

/** Returns the moments as numbers. */
export function readMoments({ cells, at }: MomentsPlace): LongRunMoments {
  const [points = 0, mean = 0, variance = 0] = cells.subarray(at, at + MOMENTS_CELLS);
  return { points, mean, variance };
}

/**
 * Writes into the point, for its aspect k, the long-run standard deviation, at least {@link FLOOR_SHARE} of the scale, and the signed distance
 * of the aspect's value from the long-run mean in such deviations, clipped to +-10^6. Allocates nothing.
 * @param at where the moments of the aspect begin in `cells`
 */
export function measureDeviation(cells: Float64Array, at: number, k: number, point: Point): void {
  const floor = FLOOR_SHARE * (point[SCALE_AT] as number);
  const deviation = Math.max(Math.sqrt(cells[at + VARIANCE] as number), floor);
  const z = ((point[ASPECT_AT[k] as number] as number) - (cells[at + MEAN] as number)) / deviation;
  point[DEVIATION_AT + k] = deviation;
  point[ZSCORE_AT + k] = Math.max(-MAX_ZSCORE, Math.min(MAX_ZSCORE, z));
}

/**
 * Takes in the value x of the point's aspect k: m += a g, v = (1 - a)(v + a g^2) with g = clip(x - m, +-3 sd) and a = max(1 - 0.5^(1/5000), 1/(t
 * + 1)), which is the plain mean and variance of the first points. The clip lets an incident move the moments slowly, and a
 * lasting shift, whose clipped distances widen v, is caught up with at an exponential rate. Allocates nothing.
 * @param at where the moments of the aspect begin in `cells`
 * @param point {@link measureDeviation} has measured it, once {@link GATE_FREE_POINTS} are known
 */
export function learnMoments(cells: Float64Array, at: number, k: number, point: Point): void {
  const points = cells[at] as number;
  const mean = cells[at + MEAN] as number;
  const rate = Math.max(LEARNING_RATE, 1 / (points + 1));
  let step = (point[ASPECT_AT[k] as number] as number) - mean;
  if (points >= GATE_FREE_POINTS) {
    const limit = GATE_SIGMAS * (point[DEVIATION_AT + k] as number);
    step = Math.max(-limit, Math.min(limit, step));
  }
  cells[at] = points + 1;
  cells[at + MEAN] = mean + rate * step;
  cells[at + VARIANCE] = (1 - rate) * ((cells[at + VARIANCE] as number) + rate * step * step);
}
