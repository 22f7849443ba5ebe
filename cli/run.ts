import type { Running } from '../common/lifecycle.js';
import type { Logger } from '../common/log.js';
import type { Io } from './io.js';

/**
 * Runs a component until a signal or its own end, stops it, and returns. Throws the component's fatal error after having
 * stopped it: a dead loop must end its process.
 */
export async function runUntilStopped(io: Io, log: Logger, start: () => Promise<Running>): Promise<void> {
  const running = await start();
  try {
    const reason = await Promise.race([io.interrupted, running.done.then(() => 'done')]);
    log.debug({ reason }, 'stopping');
  } finally {
    await running.stop();
  }
  await running.done;
}
