import { describe, expect, it } from 'vitest';
import { untilInterrupted } from '../../cli/until-interrupted.js';

const NEVER = new Promise<string>(() => undefined);

describe('untilInterrupted', () => {
  it('returns what the work comes to, and passes on what it rejects with', async () => {
    await expect(untilInterrupted({ interrupted: NEVER }, () => Promise.resolve(7))).resolves.toBe(7);
    const failing = () => Promise.reject(new RangeError('no'));
    await expect(untilInterrupted({ interrupted: NEVER }, failing)).rejects.toThrow('no');
  });

  it('aborts the work at the first signal, before it rejects', async () => {
    const seen: boolean[] = [];
    let signalOfWork: AbortSignal | null = null;
    const work = (signal: AbortSignal) => {
      signalOfWork = signal;
      signal.addEventListener('abort', () => seen.push(signal.aborted));
      return NEVER;
    };
    await expect(untilInterrupted({ interrupted: Promise.resolve('SIGINT') }, work)).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('SIGINT'),
    });
    expect(signalOfWork).toMatchObject({ aborted: true });
    expect(seen).toEqual([true]);
  });
});
