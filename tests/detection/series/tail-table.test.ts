import { describe, expect, it } from 'vitest';
import { tailSurprise, tailTable } from '../../../detection/series/tail-table.js';
import { QuantileSketch } from '../../../detection/statistics/quantile-sketch.js';

function tableOf(values: Iterable<number>, scale: number) {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return tailTable(sketch.view(), scale);
}

describe('tail table', () => {
  it('gives the two-sided surprise of a known distribution', () => {
    const table = tableOf(
      Array.from({ length: 100_000 }, (_, i) => ((i * 61_803) % 100_000) / 100_000),
      1,
    );
    expect(tailSurprise(table, 0.5)).toBeLessThan(0.05);
    expect(tailSurprise(table, 0.9)).toBeCloseTo(-Math.log(0.2), 1);
    expect(tailSurprise(table, 0.05)).toBeCloseTo(-Math.log(0.1), 1);
  });

  it('goes on as an exponential tail beyond the 2 % and 98 % points, continuous there and capped', () => {
    const exponential = Array.from({ length: 50_000 }, (_, i) => -Math.log(1 - (i + 0.5) / 50_000));
    const table = tableOf(exponential, 1);
    const u = table.quantiles.at(-1) ?? Number.NaN;
    // The mean excess of a standard exponential is 1 everywhere: each step of 1 is worth 1.
    expect(tailSurprise(table, u)).toBeCloseTo(-Math.log(0.04), 6);
    expect(tailSurprise(table, u + 1e-9)).toBeCloseTo(-Math.log(0.04), 6);
    expect(tailSurprise(table, u + 5)).toBeGreaterThan(-Math.log(0.04) + 4.5);
    expect(tailSurprise(table, u + 5)).toBeLessThan(-Math.log(0.04) + 5.5);
    expect(tailSurprise(table, 1e300)).toBe(1e6);
    expect(tailSurprise(table, -1e300)).toBe(1e6);
  });

  it('rises from the middle outwards', () => {
    const table = tableOf(
      Array.from({ length: 5000 }, (_, i) => ((i * 37) % 1009) ** 2),
      1e6,
    );
    const middle = table.quantiles[48] ?? Number.NaN;
    let previous = 0;
    for (let x = middle; x < 2e6; x += 1000) {
      const surprise = tailSurprise(table, x);
      expect(surprise).toBeGreaterThanOrEqual(previous);
      previous = surprise;
    }
    previous = 0;
    for (let x = middle; x > -1e6; x -= 1000) {
      const surprise = tailSurprise(table, x);
      expect(surprise).toBeGreaterThanOrEqual(previous);
      previous = surprise;
    }
  });

  it('does not find the usual value of a mostly constant series surprising', () => {
    const table = tableOf(
      Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 5 : 0)),
      5,
    );
    expect(tailSurprise(table, 0)).toBe(0);
    expect(tailSurprise(table, 5)).toBeLessThan(-Math.log(0.04) + 1e-9);
    expect(tailSurprise(table, -5)).toBeGreaterThan(10);
  });
});
