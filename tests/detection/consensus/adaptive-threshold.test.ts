import { describe, expect, it } from 'vitest';
import { createAdaptiveThreshold } from '../../../detection/consensus/adaptive-threshold.js';

const SETTINGS = { quietShare: 0.015, step: 0.005, hold: 0.5 };

describe('the adaptive threshold', () => {
  it('climbs by step x 0.985 a row above it and falls by step x 0.015 a quiet row', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    expect(threshold.level).toBe(1);
    expect(threshold.judge(1.0001)).toBe(true);
    expect(threshold.level).toBeCloseTo(1 + 0.005 * 0.985, 12);
    expect(threshold.judge(0)).toBe(false);
    expect(threshold.level).toBeCloseTo(1 + 0.005 * 0.985 - 7.5e-5, 12);
  });

  it('never falls under the alarm boundary, and does not alarm on it', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    for (let row = 0; row < 1_000; row += 1) expect(threshold.judge(1)).toBe(false);
    expect(threshold.level).toBe(1);
  });

  it('holds an alarm until the score is at half of the level: weaker rows of an incident belong to it', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    expect(threshold.judge(0.9)).toBe(false);
    expect(threshold.judge(2)).toBe(true);
    expect(threshold.judge(0.6)).toBe(true);
    expect(threshold.judge(0.6)).toBe(true);
    expect(threshold.judge(0.5 * threshold.level)).toBe(false);
    expect(threshold.judge(0.9)).toBe(false);
  });

  it('is raised by rows that only hold an alarm too: a held alarm must end', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    threshold.judge(2);
    const { level } = threshold;
    threshold.judge(0.9);
    expect(threshold.level).toBeCloseTo(level + 0.005 * 0.985, 12);
  });

  it('ends an alarm at the level itself with a hold of 1', () => {
    const threshold = createAdaptiveThreshold({ ...SETTINGS, hold: 1 });
    expect([2, 0.99, 2].map((excess) => threshold.judge(excess))).toEqual([true, false, true]);
  });

  it.each([1, 0.5])('falls silent with a hold of %f on a host that has changed for good', (hold) => {
    const threshold = createAdaptiveThreshold({ ...SETTINGS, hold });
    const alarms = Array.from({ length: 40_000 }, () => threshold.judge(2)).filter(Boolean).length;
    // It takes (2 / hold - 1) / (.005 x .985) rows until hold x level is at 2; after that it alarms on 1.5 % of the rows.
    const until = (2 / hold - 1) / (0.005 * 0.985);
    expect(alarms).toBeGreaterThanOrEqual(Math.floor(until));
    expect(alarms).toBeLessThan(until + 0.02 * 40_000);
  });

  it('takes a score that is no number for quiet', () => {
    expect(createAdaptiveThreshold(SETTINGS).judge(Number.NaN)).toBe(false);
  });
});
