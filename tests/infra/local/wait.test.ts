import { describe, expect, it } from 'vitest';
import { holdsWithin } from '../../../infra/local/wait.js';

describe('holdsWithin', () => {
  it('ends at the signal, also while the condition gives no answer', async () => {
    const stop = new AbortController();
    const waiting = holdsWithin(() => new Promise(() => undefined), {
      timeoutMs: 60_000,
      signal: stop.signal,
    });
    stop.abort();
    expect(await waiting).toBe(false);
  });

  it('does not ask once the signal has fired', async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return true;
    };
    expect(await holdsWithin(ask, { timeoutMs: 60_000, signal: AbortSignal.abort() })).toBe(false);
    expect(asked).toBe(0);
  });

  it('asks until it holds, at least once, and throws what the condition throws', async () => {
    let asked = 0;
    expect(await holdsWithin(() => ++asked === 3, { timeoutMs: 60_000, everyMs: 1 })).toBe(true);
    expect(await holdsWithin(() => false, { timeoutMs: 0 })).toBe(false);
    const failing = () => Promise.reject(new Error('no such folder'));
    await expect(holdsWithin(failing, { timeoutMs: 60_000 })).rejects.toThrow('no such folder');
  });
});
