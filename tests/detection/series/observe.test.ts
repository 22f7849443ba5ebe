import { describe, expect, it } from 'vitest';
import { emptyHost, MAX_SERIES } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';

const DAY_MS = 86_400_000;

describe('observing a host', () => {
  it('does not compare with a baseline that is too old', () => {
    const observeAfter = (ageMs: number) => {
      const host = emptyHost();
      const send = (appendTime: number, value: number) =>
        observe(host, { timestamp: appendTime, appendTime, metrics: ['cpu'], values: [value] }, DAY_MS);
      for (let i = 0; i < 40; i++) send(i, i % 4);
      return send(29 + ageMs, 500);
    };
    const usable = observeAfter(DAY_MS);
    expect(usable.baseline).toMatchObject({ version: [1] });
    expect(usable.statistics[5]?.values[0]).toBeGreaterThan(30);
    const stale = observeAfter(DAY_MS + 1);
    expect(stale.baseline).toBeNull();
    expect(stale.statistics[5]?.values).toEqual([0]);
  });

  it('takes values beyond 1e150 as 1e150 and stays finite', () => {
    const host = emptyHost();
    for (let i = 0; i < 200; i++) {
      const values = [Number.MAX_VALUE * (i % 2 ? 1 : -1), i % 3 === 0 ? 1e308 : 0];
      const seen = observe(host, { timestamp: i, appendTime: i, metrics: ['a', 'b'], values }, DAY_MS);
      for (const { values: column } of seen.statistics) expect(column.every(Number.isFinite)).toBe(true);
      for (const { baseline } of seen.published)
        expect([baseline.mean, baseline.standardDeviation, baseline.p99].every(Number.isFinite)).toBe(true);
    }
  });

  it('keeps the series that are still sent when a host has too many', () => {
    const host = emptyHost();
    for (let i = 0; i < MAX_SERIES + 200; i++)
      observe(
        host,
        { timestamp: i, appendTime: i, metrics: ['cpu', `pid.${i}`], values: [i % 3, 1] },
        DAY_MS,
      );
    expect(host.series.size).toBe(MAX_SERIES);
    expect(host.series.get('cpu')?.moments.points).toBe(MAX_SERIES + 200);
    expect(host.series.has('pid.0')).toBe(false);
    expect(host.series.has(`pid.${MAX_SERIES + 199}`)).toBe(true);
  });
});
