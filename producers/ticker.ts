import { completion, type Running } from '../common/lifecycle.js';
import {
  advanceSchedule,
  followClock,
  nextTickAt,
  startSchedule,
  type TickSchedule,
} from './tick-schedule.js';

export interface TickerOptions {
  /** Distance of two ticks, milliseconds. */
  readonly intervalMs: number;
  /** Returns the time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Does one tick; `at` is its scheduled time, `skipped` how many ticks before it were left out. A rejection ends the ticker. */
  readonly onTick: (at: number, skipped: number) => Promise<void> | void;
}

/** A running ticker; `nextAt` is the scheduled time of the tick to come. */
export interface Ticker extends Running {
  nextAt(): number;
}

/** Longest single wait: a clock that is set while we wait is noticed after at most this long. */
const LONGEST_WAIT_MS = 1_000;

/** Calls `onTick` at the ticks of a schedule, one at a time, until stopped. The first error of a tick rejects `done`. */
export function startTicker(options: TickerOptions): Ticker {
  const ended = completion();
  let schedule: TickSchedule = startSchedule(options.now(), options.intervalMs);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let skipped = 0;
  let working: Promise<void> = Promise.resolve();

  const wait = () => {
    if (stopped) return;
    const now = options.now();
    schedule = followClock(schedule, now);
    const waitMs = nextTickAt(schedule) - now;
    if (waitMs > LONGEST_WAIT_MS) timer = setTimeout(wait, LONGEST_WAIT_MS);
    else timer = setTimeout(wake, Math.max(0, waitMs));
  };

  const wake = () => {
    // A timer may fire a moment early by this clock; the tick then has not begun.
    if (stopped || options.now() < nextTickAt(schedule)) return wait();
    // After a sleep inside the wait only the newest tick that is due is done.
    const late = advanceSchedule({ ...schedule, next: schedule.next - 1 }, options.now());
    schedule = late.schedule;
    skipped += late.skipped;
    working = tick(nextTickAt(schedule)).then(wait, (error) => {
      stopped = true;
      ended.fail(error);
    });
  };

  const tick = async (at: number) => {
    const before = skipped;
    skipped = 0;
    await options.onTick(at, before);
    const advanced = advanceSchedule(schedule, options.now());
    schedule = advanced.schedule;
    skipped = advanced.skipped;
  };

  wait();
  return {
    nextAt: () => nextTickAt(schedule),
    done: ended.done,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await working;
      ended.finish();
    },
  };
}
