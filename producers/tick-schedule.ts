/** When a periodic producer acts: at origin + n * interval, for whole n. Pure arithmetic, so the clock is the caller's. */
export interface TickSchedule {
  /** Time of tick 0, milliseconds since the epoch. */
  readonly originMs: number;
  /** Distance of two ticks, milliseconds; above 0. */
  readonly intervalMs: number;
  /** Number of the tick that comes next. */
  readonly next: number;
}

/** What {@link advanceSchedule} says. */
export interface Advanced {
  readonly schedule: TickSchedule;
  /** Ticks that can no longer be done and are left out; 0 in normal running. */
  readonly skipped: number;
}

/**
 * Returns a schedule whose first tick is the first multiple of the interval at or after `now`, so that producers of one
 * interval act at the same moments and event times are round.
 */
export function startSchedule(now: number, intervalMs: number): TickSchedule {
  return { originMs: Math.ceil(now / intervalMs) * intervalMs, intervalMs, next: 0 };
}

/** Returns the time of the next tick, milliseconds since the epoch. Computed from the origin: errors never add up. */
export function nextTickAt(schedule: TickSchedule): number {
  return schedule.originMs + schedule.next * schedule.intervalMs;
}

/**
 * Returns the schedule after its next tick was done at `now`. A tick that is late by less than one interval is still
 * done; older ones (the machine slept) are skipped, never burst: an hour of sleep gives one event, not 3,600.
 */
export function advanceSchedule(schedule: TickSchedule, now: number): Advanced {
  const newestDue = Math.floor((now - schedule.originMs) / schedule.intervalMs);
  const next = Math.max(schedule.next + 1, newestDue);
  return { schedule: { ...schedule, next }, skipped: next - schedule.next - 1 };
}

/**
 * Returns the schedule, begun anew when the clock was set back by more than two intervals: otherwise the producer would
 * be silent until the clock has caught up with the old origin.
 */
export function followClock(schedule: TickSchedule, now: number): TickSchedule {
  const wait = nextTickAt(schedule) - now;
  return wait > 2 * schedule.intervalMs ? startSchedule(now, schedule.intervalMs) : schedule;
}
