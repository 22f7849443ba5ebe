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

/** Time that several steps share: what one does not use, the next ones have. */
export class Deadline {
  readonly #end: number;

  /** `ms` from now on. */
  constructor(ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Returns the milliseconds that are left, less those that are kept for later steps; never below 0. */
  left(keptMs = 0): number {
    return Math.max(0, this.#end - performance.now() - keptMs);
  }
}

/** What a hanging part may use of the time that is left, so that the parts after it can still stop in order. */
const LARGEST_SHARE = 0.75;

/**
 * Starts parts in order and stops them in reverse. When one start fails, what has been started is stopped and the error
 * is thrown. All stops share one deadline; a part that misses it is left behind, and one line of the log names all such
 * parts, so that one hanging client never keeps the process.
 */
export class Lifecycle {
  readonly #parts: Stoppable[] = [];
  readonly #log: Logger;
  readonly #deadlineMs: number;
  #stopping: Promise<void> | undefined;

  /** The deadline, milliseconds, is that of a whole stop. */
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
      if (this.#stopping !== undefined) await this.#stopAll([part]);
      else this.#parts.push(part);
      return started;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops everything in reverse order of its start; the same promise at every call. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll([...this.#parts].reverse());
    return this.#stopping;
  }

  async #stopAll(parts: readonly Stoppable[]): Promise<void> {
    const deadline = new Deadline(this.#deadlineMs);
    const cutOff: string[] = [];
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const ended = await this.#stopOne(part, deadline.left() * (isLast ? 1 : LARGEST_SHARE));
      if (!ended) cutOff.push(part.name);
    }
    if (cutOff.length > 0)
      this.#log.warn(
        { cutOff, deadlineMs: this.#deadlineMs },
        'stopping took too long, parts are left behind',
      );
  }

  /** Returns whether the part ended within its time, well or not. */
  async #stopOne(part: Stoppable, ms: number): Promise<boolean> {
    try {
      return await endsWithin(part.stop(), ms);
    } catch (error) {
      this.#log.warn({ part: part.name, err: error }, 'stopping a part failed');
      return true;
    }
  }
}

/** Returns the promise's outcome, or throws DEADLINE when it takes longer than `ms`. The work itself is not cancelled. */
export async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  if (await endsWithin(work, ms)) return work;
  throw new TidewatchError({
    code: 'DEADLINE',
    retriable: true,
    message: `waiting for ${what}: not done after ${Math.round(ms)} ms`,
    facts: { ms },
  });
}

/** Returns whether the work ends within `ms`; throws what it throws. The work itself is not cancelled. */
export async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
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
