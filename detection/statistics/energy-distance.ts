import { type Sample, sorted } from './sample.js';
import { integrateGap } from './wasserstein.js';

/**
 * Returns the energy distance (Szekely 2002) of two samples, sqrt(2 * integral of (F_a - F_b)^2), in the square root of the unit. Cost O(n log n).
 * @throws RangeError when a sample is empty
 * @example energyDistance([0], [2]); // 2
 */
export function energyDistance(a: Sample, b: Sample): number {
  return Math.sqrt(2 * integrateGap(sorted(a), sorted(b), (gap) => gap * gap));
}
