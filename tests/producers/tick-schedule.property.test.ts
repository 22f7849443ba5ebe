import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advanceSchedule, followClock, nextTickAt, startSchedule } from '../../producers/tick-schedule.js';

const intervals = fc.integer({ min: 1, max: 3_600_000 });
const times = fc.integer({ min: 0, max: 2_000_000_000_000 });

test('the first tick is at a multiple of the interval, not before now, within one interval', () => {
  fc.assert(
    fc.property(times, intervals, (now, interval) => {
      const at = nextTickAt(startSchedule(now, interval));
      expect(at % interval).toBe(0);
      expect(at - now).toBeGreaterThanOrEqual(0);
      expect(at - now).toBeLessThan(interval);
    }),
  );
});

test('no drift and no burst: however late each tick is done, ticks stay on the grid, in order, at most one behind now', () => {
  fc.assert(
    fc.property(intervals, fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (interval, delays) => {
      let schedule = startSchedule(12_345, interval);
      const origin = schedule.originMs;
      let now = nextTickAt(schedule);
      let done = 0;
      let skippedTotal = 0;
      for (const delay of delays) {
        const at = nextTickAt(schedule);
        now = Math.max(now, at) + Math.floor(delay * interval);
        const { schedule: next, skipped } = advanceSchedule(schedule, now);
        done += 1;
        skippedTotal += skipped;
        expect((nextTickAt(next) - origin) % interval).toBe(0);
        expect(nextTickAt(next)).toBeGreaterThan(at);
        expect(nextTickAt(next)).toBeGreaterThan(now - interval);
        expect(done + skippedTotal).toBe(next.next);
        schedule = next;
      }
    }),
  );
});

test('an hour of sleep gives one event and 3,598 skipped, not 3,599 at once', () => {
  const schedule = startSchedule(0, 1000);
  const { schedule: after, skipped } = advanceSchedule(schedule, 3_599_500);
  expect(skipped).toBe(3_598);
  expect(nextTickAt(after)).toBe(3_599_000);
});

test('a clock set back by an hour does not silence the producer for an hour', () => {
  const schedule = { originMs: 10_000_000, intervalMs: 1000, next: 5 };
  const now = 10_005_000 - 3_600_000;
  expect(nextTickAt(followClock(schedule, now)) - now).toBeLessThanOrEqual(1000);
  expect(followClock(schedule, 10_004_100)).toBe(schedule);
});
