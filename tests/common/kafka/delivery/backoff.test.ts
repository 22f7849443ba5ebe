import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../../common/kafka/delivery/backoff.js';

const BOUNDS = { minMs: 100, maxMs: 30_000 };

describe('backoffMs', () => {
  it('doubles its ceiling up to the maximum and keeps its floor', () => {
    const ceilings = [1, 2, 3, 8, 9, 60].map((attempt) => backoffMs(attempt, BOUNDS, null, () => 1));
    expect(ceilings).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
    expect(backoffMs(60, BOUNDS, null, () => 0)).toBe(100);
  });

  it('never comes back before the time that the target named', () => {
    expect(backoffMs(1, BOUNDS, 7_000, () => 0)).toBe(7_000);
    expect(backoffMs(1, BOUNDS, 7_000, () => 0.5)).toBe(7_350);
    expect(backoffMs(1, BOUNDS, 60_000, () => 0)).toBe(60_000);
  });
});
