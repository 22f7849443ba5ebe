/** A shown score of 1 is infinitely far above the boundary: quantiles need a number. */
const MOST_EXCESS = 1e9;

/** Returns the calibrated consensus in units of the alarm boundary, from the shown score u / (1 + u), u >= 0.1; 1 at the boundary. */
export function excessOf(score: number): number {
  return Math.min(MOST_EXCESS, score / (1 - score));
}
