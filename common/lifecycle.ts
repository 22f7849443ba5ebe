import { TidewatchError } from './errors.js';
import type { Logger } from './log.js';

/** A component that runs until it is stopped or fails. */
export interface Running {
  /** Stops in order, finishing what is under way; resolves when nothing of it is left. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves after a stop; rejects with the first fatal error. Never resolves by itself otherwise. */
  readonly done: Promise<void>;
}

/** Ends a component: `finish` after a clean stop, `fail` with the first fatal error; later calls change nothing. */
export interface Completion {
  readonly done: Promise<void>;
  finish(): void;
  fail(error: unknown): void;
}

/** Returns a promise with its ends; an unobserved rejection does not end the process by itself. */
export function completion(): Completion {
  let finish: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  done.catch(() => undefined);
  return { done, finish, fail };
}

/** One thing to stop, with a name for the log. */
export interface Stoppable {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts parts in order and stops them in reverse. When one start fails, what has been started is stopped and the error
 * is thrown. Each stop has the same deadline; a part that misses it is logged and left behind, so that one hanging
 * client never keeps the process.
 */
export class Lifecycle {
  readonly #parts: Stoppable[] = [];
  readonly #log: Logger;
  readonly #deadlineMs: number;
  #stopping: Promise<void> | undefined;

  constructor(log: Logger, deadlineMs = 8_000) {
    this.#log = log;
    this.#deadlineMs = deadlineMs;
  }

  /** Starts one part and remembers how to stop it; stops it at once when a stop came while it started. */
  async start<T>(name: string, start: () => Promise<T>, stop: (started: T) => Promise<void>): Promise<T> {
    try {
      const started = await start();
      const part = { name, stop: () => stop(started) };
      // A stop that came meanwhile has not seen this part.
      if (this.#stopping !== undefined) await this.#stopOne(part);
      else this.#parts.push(part);
      return started;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops everything in reverse order of its start; the same promise at every call. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const part of [...this.#parts].reverse()) await this.#stopOne(part);
  }

  async #stopOne(part: Stoppable): Promise<void> {
    try {
      await within(part.stop(), this.#deadlineMs, part.name);
    } catch (error) {
      this.#log.warn({ part: part.name, err: error }, 'stopping a part failed');
    }
  }
}

/** Returns the promise's outcome, or throws DEADLINE when it takes longer than `ms`. The work itself is not cancelled. */
export async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new TidewatchError({
          code: 'DEADLINE',
          retriable: true,
          message: `waiting for ${what}: not done after ${ms} ms`,
          facts: { ms },
        }),
      );
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `ms`, or at once when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
