import { TidewatchError } from '../common/errors.js';
import type { Io } from './io.js';

/**
 * Returns what work that ends by itself comes to. The first signal aborts its `signal`, upon which unfinished files go, and ends it with
 * INTERRUPTED: whatever else it holds ends with the process. Rejects with what the work does.
 */
export async function untilInterrupted<T>(
  io: Pick<Io, 'interrupted'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const interrupted = io.interrupted.then((name) => {
    stop.abort();
    throw new TidewatchError({
      code: 'INTERRUPTED',
      retriable: false,
      message: `running the command: ended by ${name}; what was unfinished is gone`,
    });
  });
  return Promise.race([work(stop.signal), interrupted]);
}
