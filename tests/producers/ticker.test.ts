import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTicker } from '../../producers/ticker.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_300 });
});
afterEach(() => {
  vi.useRealTimers();
});

function recordingTicker(work: (at: number) => Promise<void> | void = () => undefined) {
  const ticks: [number, number][] = [];
  const ticker = startTicker({
    intervalMs: 1000,
    now: () => Date.now(),
    onTick: (at, skipped) => {
      ticks.push([at, skipped]);
      return work(at);
    },
  });
  return { ticker, ticks };
}

test('ticks at whole intervals, and stops', async () => {
  const { ticker, ticks } = recordingTicker();
  expect(ticker.nextAt()).toBe(1_001_000);
  await vi.advanceTimersByTimeAsync(2_800);
  expect(ticks).toEqual([
    [1_001_000, 0],
    [1_002_000, 0],
    [1_003_000, 0],
  ]);
  await ticker.stop();
  await ticker.done;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ticks).toHaveLength(3);
});

test('a sleep inside the wait skips what was missed and does the newest due tick once', async () => {
  const { ticker, ticks } = recordingTicker();
  await vi.advanceTimersByTimeAsync(700);
  vi.setSystemTime(1_060_400);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ticks.slice(0, 3)).toEqual([
    [1_001_000, 0],
    [1_061_000, 59],
  ]);
  await ticker.stop();
});

test('slow work: the ticks it held up are skipped and reported with the next one', async () => {
  const { ticker, ticks } = recordingTicker((at) =>
    at === 1_001_000 ? new Promise((resolve) => setTimeout(resolve, 3_500)) : undefined,
  );
  await vi.advanceTimersByTimeAsync(4_700);
  expect(ticks).toEqual([
    [1_001_000, 0],
    [1_004_000, 2],
    [1_005_000, 0],
  ]);
  await ticker.stop();
});

test('a clock set back goes on ticking', async () => {
  const { ticker, ticks } = recordingTicker();
  await vi.advanceTimersByTimeAsync(700);
  vi.setSystemTime(500_000);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(ticks.at(-1)?.[0]).toBeLessThan(504_000);
  expect(ticks.length).toBeGreaterThanOrEqual(3);
  await ticker.stop();
});

test('an error in a tick ends the ticker with that error', async () => {
  const { ticker, ticks } = recordingTicker(() => Promise.reject(new Error('broken')));
  const outcome = expect(ticker.done).rejects.toThrow('broken');
  await vi.advanceTimersByTimeAsync(3_000);
  await outcome;
  expect(ticks).toHaveLength(1);
  await ticker.stop();
});
