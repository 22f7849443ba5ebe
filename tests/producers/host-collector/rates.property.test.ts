import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  busyPercent,
  type CounterReading,
  counterIncrease,
  ratedSeconds,
  totalRate,
} from '../../../producers/host-collector/rates.js';

const INTERVAL_MS = 1000;
const MAX = 1e10;
const limits = { intervalMs: INTERVAL_MS, wrapAt: 2 ** 64, maxPerSecond: MAX };
const limits32 = { ...limits, wrapAt: 2 ** 32, maxPerSecond: 1e8 };

function reading(
  monotonicMs: number,
  counters: Record<string, number>,
  wallMs = monotonicMs,
): CounterReading {
  return { monotonicMs, wallMs, counters: new Map(Object.entries(counters)) };
}

const counterValue = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
);
const anyReading = fc.record({
  monotonicMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  wallMs: fc.double({ min: 0, max: 2e12, noNaN: true }),
  counters: fc
    .dictionary(fc.constantFrom('eth0', 'eth1', 'sda', 'nvme0n1'), counterValue)
    .map((entries) => new Map(Object.entries(entries))),
});

describe('whatever two readings say', () => {
  test('a rate is never negative, never above the limit of all devices, never not a number', () => {
    fc.assert(
      fc.property(anyReading, anyReading, fc.constantFrom(limits, limits32), (before, now, limit) => {
        const rate = totalRate(before, now, limit);
        if (rate === null) return;
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(limit.maxPerSecond * now.counters.size * (1 + 1e-9));
      }),
    );
  });

  test('busy percent is within 0 and 100', () => {
    const times = fc.array(
      fc.record({
        busy: fc.double({ min: 0, max: 1e12, noNaN: true }),
        idle: fc.double({ min: 0, max: 1e12, noNaN: true }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(times, times, (before, now) => {
        const percent = busyPercent(before, now);
        if (percent !== null) expect(percent >= 0 && percent <= 100).toBe(true);
      }),
    );
  });
});

describe('steady counters', () => {
  test('the rate is the sum of all devices over the time that really passed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 3000 }),
        fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 5 }),
        (elapsed, rises) => {
          const names = rises.map((_, index) => `eth${index}`);
          const before = reading(5000, Object.fromEntries(names.map((name) => [name, 1e6])));
          const after = names.map((name, index) => [name, 1e6 + (rises[index] ?? 0)]);
          const rate = totalRate(before, reading(5000 + elapsed, Object.fromEntries(after)), limits);
          const sum = rises.reduce((total, rise) => total + rise, 0);
          expect(rate).toBeCloseTo((1000 * sum) / elapsed, 6);
        },
      ),
    );
  });

  test('a 32-bit counter that wraps gives the rate that it had', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rise, share) => {
          const start = 2 ** 32 - Math.ceil(rise * share);
          const before = reading(0, { eth0: start % 2 ** 32 });
          const now = reading(1000, { eth0: (start + rise) % 2 ** 32 });
          expect(totalRate(before, now, limits32)).toBe(rise);
        },
      ),
    );
  });
});

describe('what breaks a counter', () => {
  test('a reset is skipped, and the tick after it has the right rate again', () => {
    const before = reading(0, { eth0: 9e9, eth1: 500 });
    const reset = reading(1000, { eth0: 1_000, eth1: 900 });
    const after = reading(2000, { eth0: 3_000, eth1: 1_000 });
    expect(totalRate(before, reset, limits)).toBeNull();
    expect(totalRate(reset, after, limits)).toBe(2_100);
  });

  test('a reset of a 32-bit counter far from its end is not taken for a wrap', () => {
    expect(totalRate(reading(0, { eth0: 2e9 }), reading(1000, { eth0: 100 }), limits32)).toBeNull();
    expect(counterIncrease(5e9, 100, 2 ** 32, 1e12)).toBeNull();
  });

  test('a jump that no device can make is skipped', () => {
    expect(totalRate(reading(0, { eth0: 0 }), reading(1000, { eth0: 2 * MAX }), limits)).toBeNull();
  });

  test.each([
    ['a sleep that both clocks see', 60_000, 60_000],
    ['a sleep that only the wall clock sees', 1_000, 60_000],
    ['a clock set forwards by an hour', 1_000, 3_600_000],
    ['a halt of just over three intervals', 3_001, 3_001],
    ['readings too close together', 100, 100],
    ['no time at all', 0, 0],
    ['a monotonic clock that went back', -1_000, 1_000],
  ])('no rate over %s', (_, monotonicMs, wallMs) => {
    const before = reading(10_000, { eth0: 0 });
    const now = reading(10_000 + monotonicMs, { eth0: 1_000 }, 10_000 + wallMs);
    expect(totalRate(before, now, limits)).toBeNull();
  });

  test('a wall clock set back does no harm', () => {
    const before = reading(10_000, { eth0: 0 });
    expect(totalRate(before, reading(11_000, { eth0: 1_000 }, 10_000 - 3_600_000), limits)).toBe(1_000);
    expect(ratedSeconds(before, reading(13_000, {}), INTERVAL_MS)).toBe(3);
  });

  test('a new device counts from its second reading on, a removed one no longer', () => {
    const first = reading(0, { eth0: 100, usb0: 7e9 });
    const second = reading(1000, { eth0: 300, wlan0: 5e9 });
    const third = reading(2000, { eth0: 400, wlan0: 5e9 + 50 });
    expect(totalRate(first, second, limits)).toBe(200);
    expect(totalRate(second, third, limits)).toBe(150);
    expect(totalRate(first, reading(1000, { wlan0: 1 }), limits)).toBeNull();
  });

  test('a processor that came back from offline is left out, the others count', () => {
    const before = [
      { busy: 100, idle: 100 },
      { busy: 900, idle: 900 },
    ];
    const now = [
      { busy: 125, idle: 175 },
      { busy: 0, idle: 10 },
    ];
    expect(busyPercent(before, now)).toBe(25);
    expect(busyPercent([], now)).toBeNull();
  });
});
