import { medianAbsoluteDeviation as simpleMad } from 'simple-statistics';
import type { Sample } from './sample.js';

/** Factor that makes the MAD of normal values their standard deviation: 1 / normalQuantile(0.75). */
export const NORMAL_CONSISTENCY = 1.482602218505602;

/** Returns the median distance from the median, in the unit of the values (times {@link NORMAL_CONSISTENCY}: a robust sd). simple-statistics is exact here. @throws Error when there are no values */
export function medianAbsoluteDeviation(values: Sample): number {
  return simpleMad([...values]);
}
