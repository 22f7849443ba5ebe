import { describe, expect, it } from 'vitest';
import { createAdaptiveThreshold } from '../../../detection/consensus/adaptive-threshold.js';

const SETTINGS = { floor: 2, quietShare: 0.015, step: 0.005 };

describe('the adaptive threshold', () => {
  it('climbs by step x floor x 0.985 an alarm and falls by step x floor x 0.015 a quiet row', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    expect(threshold.judge(2.0001)).toBe(true);
    expect(threshold.level).toBeCloseTo(2 * (1 + 0.005 * 0.985), 12);
    expect(threshold.judge(0)).toBe(false);
    expect(threshold.level).toBeCloseTo(2 * (1 + 0.005 * 0.985 - 7.5e-5), 12);
  });

  it('never falls under its floor, and does not alarm on it', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    for (let row = 0; row < 1_000; row += 1) expect(threshold.judge(2)).toBe(false);
    expect(threshold.level).toBe(2);
  });

  it('falls silent on a host that has changed for good', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    const alarms = Array.from({ length: 20_000 }, () => threshold.judge(4)).filter(Boolean).length;
    expect(alarms).toBeGreaterThan(150);
    expect(alarms).toBeLessThan(600);
  });

  it('keeps how far it has climbed when its floor moves', () => {
    const threshold = createAdaptiveThreshold(SETTINGS);
    threshold.judge(9);
    const climb = threshold.level / 2;
    threshold.rebase(3);
    expect(threshold.level).toBeCloseTo(3 * climb, 12);
  });

  it('takes a score that is no number for quiet', () => {
    expect(createAdaptiveThreshold(SETTINGS).judge(Number.NaN)).toBe(false);
  });
});
