import { gaussian, type Random } from '../../common/random.js';

/**
 * Advances a first-order autoregressive process with standard deviation 1 by `elapsedMs` and returns its new value: its
 * memory fades with `timeConstantMs`, whatever the rate of the ticks. One normal draw.
 */
export function autoregress(
  value: number,
  elapsedMs: number,
  timeConstantMs: number,
  random: Random,
): number {
  const keep = Math.exp(-elapsedMs / timeConstantMs);
  return keep * value + Math.sqrt(1 - keep * keep) * gaussian(random);
}

/** Returns `value` drawn towards `target` as an exponential mean with the given time constant does in `elapsedMs`. */
export function follow(value: number, target: number, elapsedMs: number, timeConstantMs: number): number {
  return target + (value - target) * Math.exp(-elapsedMs / timeConstantMs);
}
