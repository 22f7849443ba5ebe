import { type Running, within } from '../common/lifecycle.js';
import type { Logger } from '../common/log.js';
import type { Io } from './io.js';

/** How long a start that is under way may take to end once a signal has come: shutdown budgets are 10 s. */
const START_GRACE_MS = 5_000;

/**
 * Runs a component until a signal or its own end, stops it, and returns. Throws the component's fatal error after having
 * stopped it: a dead loop must end its process. A signal that comes during the start is obeyed as well: a broker that
 * does not answer must not keep the process.
 */
export async function runUntilStopped(io: Io, log: Logger, start: () => Promise<Running>): Promise<void> {
  const starting = start();
  const interrupted = io.interrupted.then(() => undefined);
  const running = (await Promise.race([starting, interrupted])) ?? (await startedWithin(starting, log));
  if (running === undefined) return;
  try {
    const reason = await Promise.race([interrupted, running.done.then(() => 'done')]);
    log.debug({ reason }, 'stopping');
  } finally {
    await running.stop();
  }
  await running.done;
}

/** Returns what has started after all, so that it can be stopped in order; undefined when it takes too long or fails. */
async function startedWithin(starting: Promise<Running>, log: Logger): Promise<Running | undefined> {
  try {
    return await within(starting, START_GRACE_MS, 'the start to end');
  } catch (error) {
    log.warn({ err: error }, 'stopped during the start');
    return undefined;
  }
}
