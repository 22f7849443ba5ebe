import { linearQuantile } from '../statistics/quantile.js';

/** Scores that must lie above a quantile before it is read off the sample instead of extrapolated. */
const LEAST_ABOVE = 10;
/** Where the tail begins that is extrapolated. */
const TAIL_LEVEL = 0.9;

/**
 * Returns the score that a share `contamination` of normal events exceeds.
 *
 * With enough scores (10 or more above it: 1,000 rows at 1 %) it is the sample's quantile. With fewer, that quantile is the
 * largest score or close to it, and the next event often exceeds it. Then the tail above the 90 % quantile u is taken as exponential
 * (the shape of z and tail surprise beyond their body) and followed to the level asked for: u + e (1 + 1/sqrt k) ln(0.1 / contamination), where e is
 * the mean excess of the k scores above u and 1/sqrt k its relative standard error, added because a boundary that is too
 * low costs a false alarm at every tenth event and one that is too high is corrected by the next training.
 * @param scores in any order, finite, at least one
 * @param contamination 0 to 0.5; below 1e-6 it counts as 1e-6
 */
export function alarmBoundary(scores: Float64Array, contamination: number): number {
  const ascending = Float64Array.from(scores).sort();
  const share = Math.max(contamination, 1e-6);
  if (ascending.length * share >= LEAST_ABOVE || share >= 1 - TAIL_LEVEL) {
    return linearQuantile(ascending, 1 - share);
  }
  const tailStart = linearQuantile(ascending, TAIL_LEVEL);
  let above = 0;
  let excess = 0;
  for (const score of ascending) {
    if (score <= tailStart) continue;
    above += 1;
    excess += score - tailStart;
  }
  if (above === 0) return tailStart;
  return tailStart + (excess / above) * (1 + 1 / Math.sqrt(above)) * Math.log((1 - TAIL_LEVEL) / share);
}
