import { messageOf } from '../../common/errors.js';
import { pause } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';

export interface SlowValueOptions<T> {
  readonly name: string;
  /** Age at which the value is read anew, ms. */
  readonly everyMs: number;
  readonly read: () => Promise<T>;
  readonly monotonicNow: () => number;
  readonly log: Logger;
}

/** A value that is read in the background at its own rhythm. */
export interface SlowValue<T> {
  /** Returns the newest value, or undefined before the first, after a failed reading, or while one hangs; starts a reading when one is due. */
  get(): T | undefined;
  /** Resolves when no reading is under way. */
  settled(): Promise<void>;
}

/** A reading under way for longer than this many of its intervals hangs (a dead network file system): its old value is no longer true. */
const STALE_INTERVALS = 3;

/** Longest wait for the first slow values, ms: then the events begin without them. */
const FIRST_WAIT_MS = 3_000;

/** Returns a value that is read anew when it is older than `everyMs`; one reading at a time, a failure is logged once until it works again. */
export function slowValue<T>(options: SlowValueOptions<T>): SlowValue<T> {
  let value: T | undefined;
  let startedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let failing = false;

  const refresh = async () => {
    try {
      value = await options.read();
      failing = false;
    } catch (error) {
      value = undefined;
      if (!failing) options.log.warn({ reason: messageOf(error) }, `reading ${options.name}: left out`);
      failing = true;
    }
  };
  return {
    get: () => {
      const now = options.monotonicNow();
      if (reading !== undefined && now - startedAt > STALE_INTERVALS * options.everyMs) return undefined;
      if (reading === undefined && now - startedAt >= options.everyMs) {
        startedAt = now;
        reading = refresh().finally(() => {
          reading = undefined;
        });
      }
      return value;
    },
    settled: async () => {
      await reading;
    },
  };
}

/** Returns a function that waits for the first readings once, at its first call, and not longer than 3 s. */
export function firstReadings(values: readonly SlowValue<unknown>[]): () => Promise<void> {
  let first: Promise<void> | undefined;
  const wait = async () => {
    for (const value of values) value.get();
    const over = new AbortController();
    await Promise.race([
      Promise.all(values.map((value) => value.settled())),
      pause(FIRST_WAIT_MS, over.signal),
    ]);
    over.abort();
  };
  return () => {
    first ??= wait();
    return first;
  };
}
