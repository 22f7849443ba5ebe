import { Deadline, endsWithin, type Running, within } from '../common/lifecycle.js';
import type { Logger } from '../common/log.js';
import type { Io } from './io.js';

/** From the signal to the end of the process: docker stop kills after 10 s, and starting and ending Node takes its part. */
const STOP_DEADLINE_MS = 9_000;
/** Kept for the stop when a signal comes during the start. */
const KEPT_FOR_STOP_MS = 5_000;

/**
 * Runs a component until a signal or its own end, stops it, and returns. Throws the component's fatal error after having
 * stopped it: a dead loop must end its process. A signal that comes during the start is obeyed as well: a broker that
 * does not answer must not keep the process. From the signal on everything shares one deadline; what misses it is left
 * behind with one line in the log, for the caller to end the process.
 */
export async function runUntilStopped(
  io: Io,
  log: Logger,
  start: () => Promise<Running>,
  deadlineMs = STOP_DEADLINE_MS,
): Promise<void> {
  const starting = start();
  const interrupted = io.interrupted.then(() => undefined);
  const running = await Promise.race([starting, interrupted]);
  if (running === undefined) return stopStart(starting, new Deadline(deadlineMs), log);
  try {
    const reason = await Promise.race([interrupted, running.done.then(() => 'done')]);
    log.debug({ reason }, 'stopping');
  } finally {
    await stopBy(new Deadline(deadlineMs), running, log);
  }
}

/** Stops what has started after all, in order; gives a start up that takes too long or fails. */
async function stopStart(starting: Promise<Running>, deadline: Deadline, log: Logger): Promise<void> {
  const patienceMs = Math.max(deadline.left(KEPT_FOR_STOP_MS), deadline.left() / 2);
  try {
    await stopBy(deadline, await within(starting, patienceMs, 'the start to end'), log);
  } catch (error) {
    log.warn({ err: error }, 'stopped during the start');
  }
}

/** Stops a component while there is time; throws the fatal error that its end may bring. */
async function stopBy(deadline: Deadline, running: Running, log: Logger): Promise<void> {
  const stopping = running.stop().then(() => running.done);
  if (await endsWithin(stopping, deadline.left())) return;
  log.warn('the stop took too long and is cut off: what is not committed is left to the next owner');
}
