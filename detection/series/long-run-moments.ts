/** Points after which an old value counts half in the long-run moments. */
export const HALF_LIFE_POINTS = 5000;
/** Points that are learnt unclipped: the gate needs a spread to go by. */
export const GATE_FREE_POINTS = 60;
/** A point moves the moments by at most this many long-run standard deviations. */
export const GATE_SIGMAS = 3;
/** Smallest standard deviation, in units of the series' scale. */
export const FLOOR_SHARE = 0.005;

const LEARNING_RATE = 1 - 0.5 ** (1 / HALF_LIFE_POINTS);

/** Long-run mean and population variance of a series, exponentially weighted and gated. */
export interface LongRunMoments {
  /** Points taken in. */
  points: number;
  mean: number;
  variance: number;
}

/** Returns the long-run standard deviation, at least the floor; > 0. */
export function flooredDeviation(moments: LongRunMoments, scale: number): number {
  return Math.max(Math.sqrt(moments.variance), FLOOR_SHARE * scale);
}

/**
 * Takes in one point: m += a g, v = (1 - a)(v + a g^2) with g = clip(x - m, +-3 sd) and a = max(1 - 0.5^(1/5000), 1/(t + 1)),
 * which is the plain mean and variance of the first points. The clip lets an incident move the moments slowly, and a
 * lasting shift, whose clipped distances widen v, is caught up with at an exponential rate.
 * @param x finite, |x| <= 1e150
 * @param scale unit of the floor, > 0
 */
export function learnMoments(moments: LongRunMoments, x: number, scale: number): void {
  const rate = Math.max(LEARNING_RATE, 1 / (moments.points + 1));
  let step = x - moments.mean;
  if (moments.points >= GATE_FREE_POINTS) {
    const limit = GATE_SIGMAS * flooredDeviation(moments, scale);
    step = Math.max(-limit, Math.min(limit, step));
  }
  moments.mean += rate * step;
  moments.variance = (1 - rate) * (moments.variance + rate * step * step);
  moments.points++;
}
