import { describe, expect, it } from 'vitest';
import type { Steps } from '../../../detection/isolation-forest/steps.js';
import { EVENT_LOOP, inSlices } from '../../../processors/score/slices.js';

/** Work of so many steps, each of which moves the clock on. */
function longWork(count: number, stepMicroseconds: number) {
  let now = 0;
  let steps = 0;
  const stepsPerSlice: number[] = [];
  let before = 0;
  const work = function* (): Steps<string> {
    for (; steps < count; steps += 1) {
      now += stepMicroseconds;
      yield;
    }
    return 'done';
  };
  const pace = {
    microseconds: () => now,
    nextTurn: () => {
      stepsPerSlice.push(steps - before);
      before = steps;
      return Promise.resolve();
    },
  };
  return { work: work(), pace, stepsPerSlice, steps: () => steps };
}

describe('inSlices', () => {
  it('lets others have their turn after half a millisecond, and returns the result', async () => {
    const { work, pace, stepsPerSlice } = longWork(23, 100);
    expect(await inSlices(work, pace, () => false)).toBe('done');
    expect(stepsPerSlice.length).toBeGreaterThanOrEqual(4);
    // A step is over before its yield counts it: 5 of 100 us fill a slice.
    expect(Math.max(...stepsPerSlice)).toBeLessThanOrEqual(5);
  });

  it('does a step that is longer than a slice alone', async () => {
    const { work, pace, stepsPerSlice } = longWork(4, 900);
    expect(await inSlices(work, pace, () => false)).toBe('done');
    expect(Math.max(...stepsPerSlice)).toBe(1);
  });

  it('ends between two slices when it is cancelled', async () => {
    const { work, pace, stepsPerSlice, steps } = longWork(100, 100);
    expect(await inSlices(work, pace, () => stepsPerSlice.length === 2)).toBeUndefined();
    expect(steps()).toBeLessThanOrEqual(10);
  });

  it('rejects with what a step throws', async () => {
    const broken = (function* (): Steps<string> {
      yield;
      throw new RangeError('broken');
    })();
    const { pace } = longWork(0, 0);
    await expect(inSlices(broken, pace, () => false)).rejects.toThrow('broken');
  });

  it('goes round the event loop by itself in a process', async () => {
    let turns = 0;
    const immediate = () => {
      turns += 1;
      if (turns < 1_000) setImmediate(immediate);
    };
    setImmediate(immediate);
    for (let i = 0; i < 3; i += 1) await EVENT_LOOP.nextTurn();
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(turns).toBeLessThan(1_000);
    const before = EVENT_LOOP.microseconds();
    expect(EVENT_LOOP.microseconds()).toBeGreaterThanOrEqual(before);
    turns = 1_000;
  });
});
