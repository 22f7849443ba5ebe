import { pause } from '../../common/lifecycle.js';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Time between two looks at the condition; default 50 ms. */
  readonly everyMs?: number;
  /** Ends the wait at once, also while the condition is being asked. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns true as soon as the condition holds, false at the deadline or when the signal fires. What the condition throws is
 * thrown on.
 */
export async function holdsWithin(
  condition: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<boolean> {
  const { timeoutMs, everyMs = 50, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<false>((resolve) => {
    giveUp = () => resolve(false);
  });
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    while (signal?.aborted !== true) {
      if (await Promise.race([condition(), givenUp])) return true;
      if (performance.now() >= deadline) return false;
      await pause(everyMs, signal);
    }
    return false;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
