import type { Random } from '../../random.js';

/** Bounds of the waits between attempts, milliseconds. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Returns how long to wait after the given failed attempt (1 = the first), milliseconds: uniform between `minMs` and
 * min(`maxMs`, `minMs` x 2^attempt) ("full jitter", Brooker 2015, with a floor), and at least `afterMs` when the target
 * named a time, with up to a tenth more so that many instances do not come back at once.
 */
export function backoffMs(
  attempt: number,
  bounds: BackoffBounds,
  afterMs: number | null,
  random: Random,
): number {
  const ceiling = Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(attempt, 30));
  const jittered = bounds.minMs + random() * (ceiling - bounds.minMs);
  return Math.round(afterMs === null ? jittered : Math.max(jittered, afterMs * (1 + random() / 10)));
}
