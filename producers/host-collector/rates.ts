/** A moment on both clocks, ms. */
export interface Moment {
  /** Time of a clock that nobody sets; it may stand still while the machine sleeps. */
  readonly monotonicMs: number;
  /** Time of the wall clock; it shows a sleep that the monotonic clock does not. */
  readonly wallMs: number;
}

/** Values of counters that only rise, and when they were read. */
export interface CounterReading extends Moment {
  /** One counter per device, for example bytes received by network interface. */
  readonly counters: ReadonlyMap<string, number>;
}

export interface RateLimits {
  /** Planned time between two readings, ms. */
  readonly intervalMs: number;
  /** Counters of this kind begin again at 0 after this value minus 1; 2^32 for 32-bit counters of bytes. */
  readonly wrapAt: number;
  /** Largest rate of one device that can be true, per second; what is above it is taken for a reset. */
  readonly maxPerSecond: number;
}

/** A gap of more intervals than this is a sleep: its average says nothing about any moment, so no rate is given. */
const LONGEST_GAP_INTERVALS = 3;

/** Shorter distances than this share of an interval give rates made of rounding. */
const SHORTEST_GAP_INTERVALS = 0.2;

/**
 * Returns the seconds between two readings that a rate may be computed over, or null after a sleep, a halt, a clock that
 * was set forwards, or readings too close together. A wall clock set backwards does no harm: the monotonic one counts.
 */
export function ratedSeconds(previous: Moment, current: Moment, intervalMs: number): number | null {
  const elapsedMs = current.monotonicMs - previous.monotonicMs;
  const wallMs = current.wallMs - previous.wallMs;
  if (!(elapsedMs >= SHORTEST_GAP_INTERVALS * intervalMs)) return null;
  if (Math.max(elapsedMs, wallMs) > LONGEST_GAP_INTERVALS * intervalMs) return null;
  return elapsedMs / 1000;
}

/**
 * Returns how much one counter rose, 0 or more, or null when it was reset. A counter that fell has wrapped when going
 * on from its old value through `wrapAt` is possible within `most`; otherwise its device began anew.
 */
export function counterIncrease(
  previous: number,
  current: number,
  wrapAt: number,
  most: number,
): number | null {
  const risen = current - previous;
  const increase = risen >= 0 ? risen : previous < wrapAt ? risen + wrapAt : Number.NaN;
  return increase >= 0 && increase <= most ? increase : null;
}

/**
 * Returns the summed rate of all devices per second, 0 or more, or null when it cannot be told: after a gap (see
 * {@link ratedSeconds}), after the reset of any device, or without a device that was there before. New devices count
 * from their second reading on, removed ones no longer.
 */
export function totalRate(
  previous: CounterReading,
  current: CounterReading,
  limits: RateLimits,
): number | null {
  const seconds = ratedSeconds(previous, current, limits.intervalMs);
  if (seconds === null) return null;
  let total = 0;
  let known = 0;
  for (const [device, value] of current.counters) {
    const before = previous.counters.get(device);
    if (before === undefined) continue;
    const increase = counterIncrease(before, value, limits.wrapAt, limits.maxPerSecond * seconds);
    if (increase === null) return null;
    total += increase;
    known += 1;
  }
  return known === 0 ? null : total / seconds;
}

/** Time that one processor spent, in any unit. */
export interface ProcessorTimes {
  readonly busy: number;
  readonly idle: number;
}

/**
 * Returns the share of time that the processors were busy between two readings, percent 0 to 100; null when no time
 * passed. A processor whose counters fell (it went offline and came back) or that is new is left out.
 */
export function busyPercent(
  previous: readonly ProcessorTimes[],
  current: readonly ProcessorTimes[],
): number | null {
  let busy = 0;
  let idle = 0;
  current.forEach((now, index) => {
    const before = previous[index];
    if (before === undefined || now.busy < before.busy || now.idle < before.idle) return;
    busy += now.busy - before.busy;
    idle += now.idle - before.idle;
  });
  // The share first: 100 x busy / (busy + idle) can round to a little over 100.
  return busy + idle > 0 ? 100 * (busy / (busy + idle)) : null;
}
