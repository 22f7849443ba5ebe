import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Time between two looks at the condition; default 50 ms. */
  readonly everyMs?: number;
}

/** Returns true as soon as the condition holds, false at the deadline. What the condition throws is thrown on. */
export async function holdsWithin(
  condition: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    await delay(options.everyMs ?? 50);
  }
}
