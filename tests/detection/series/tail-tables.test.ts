import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT } from '../../../detection/series/evidence-features.js';
import { ASPECT_AT, newPoint, TAIL_AT } from '../../../detection/series/point.js';
import {
  hasTail,
  measureTail,
  noTails,
  type TailTables,
  writeTail,
} from '../../../detection/series/tail-tables.js';
import { QuantileSketch } from '../../../detection/statistics/quantile-sketch.js';

/** The surprise of a value of aspect k. */
function tailSurprise(tables: TailTables, k: number, x: number): number {
  const point = newPoint();
  point[ASPECT_AT[k] ?? -1] = x;
  measureTail(tables, k, point);
  return point[TAIL_AT + k] ?? Number.NaN;
}

/** The surprise of values against one distribution, kept as that of the third aspect. */
function surpriseOf(values: Iterable<number>, scale: number) {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  const tables = noTails();
  writeTail(tables, 2, sketch.view(), scale);
  return { surprise: (x: number) => tailSurprise(tables, 2, x), upper: sketch.view().quantile(0.98) };
}

describe('tail tables', () => {
  it('keep each aspect apart, and know which has none', () => {
    const tables = noTails();
    const sketch = new QuantileSketch();
    for (let i = 0; i < 100; i += 1) sketch.add(i);
    writeTail(tables, 1, sketch.view(), 1);
    const own = tables.slice();
    writeTail(tables, 0, sketch.view(), 1);
    writeTail(tables, FEATURE_COUNT - 1, sketch.view(), 1);
    const aspects = Array.from({ length: FEATURE_COUNT }, (_, k) => k);
    expect(aspects.map((k) => hasTail(own, k))).toEqual([false, true, false, false]);
    expect(aspects.map((k) => hasTail(tables, k))).toEqual([true, true, false, true]);
    expect(tailSurprise(tables, 1, 97.5)).toBe(tailSurprise(own, 1, 97.5));
  });

  it('give the two-sided surprise of a known distribution', () => {
    const { surprise } = surpriseOf(
      Array.from({ length: 100_000 }, (_, i) => ((i * 61_803) % 100_000) / 100_000),
      1,
    );
    expect(surprise(0.5)).toBeLessThan(0.05);
    expect(surprise(0.9)).toBeCloseTo(-Math.log(0.2), 1);
    expect(surprise(0.05)).toBeCloseTo(-Math.log(0.1), 1);
  });

  it('go on as an exponential tail beyond the 2 % and 98 % points of many, continuous there and capped', () => {
    const exponential = Array.from({ length: 100_000 }, (_, i) => -Math.log(1 - (i + 0.5) / 100_000));
    const { surprise, upper } = surpriseOf(exponential, 1);
    // The mean excess of a standard exponential is 1 everywhere: each step of 1 is worth 1.
    expect(surprise(upper)).toBeCloseTo(-Math.log(0.04), 6);
    expect(surprise(upper + 1e-9)).toBeCloseTo(-Math.log(0.04), 6);
    expect(surprise(upper + 5)).toBeGreaterThan(-Math.log(0.04) + 4.5);
    expect(surprise(upper + 5)).toBeLessThan(-Math.log(0.04) + 5.5);
    expect(surprise(1e300)).toBe(1e6);
    expect(surprise(-1e300)).toBe(1e6);
  });

  it('take no excess smaller than a fiftieth of the scale: a step beside a constant is no wonder', () => {
    const { surprise } = surpriseOf(Array<number>(500).fill(3), 10);
    expect(surprise(3)).toBe(0);
    // Of 500 values 10 lie beyond either edge.
    expect(surprise(3.2)).toBeCloseTo(-Math.log(0.04) + 10 * Math.log1p(1 / 10), 9);
    expect(surprise(2.6)).toBeCloseTo(-Math.log(0.04) + 10 * Math.log1p(2 / 10), 9);
  });

  it('call nothing one in a million by a mean excess of 30 points', () => {
    const young = surpriseOf(
      Array.from({ length: 30 }, (_, i) => i % 5),
      5,
    );
    const old = surpriseOf(
      Array.from({ length: 30_000 }, (_, i) => i % 5),
      5,
    );
    expect(young.surprise(6)).toBeCloseTo(-Math.log(0.04) + Math.log1p(20), 9);
    expect(old.surprise(6)).toBeCloseTo(-Math.log(0.04) + 20, 0);
    expect(young.surprise(1e6)).toBeGreaterThan(young.surprise(1e3) + 5);
  });

  it('rise from the middle outwards', () => {
    const values = Array.from({ length: 5000 }, (_, i) => ((i * 37) % 1009) ** 2);
    const { surprise } = surpriseOf(values, 1e6);
    const middle = [...values].sort((a, b) => a - b)[2500] ?? Number.NaN;
    for (const direction of [1000, -1000]) {
      let previous = 0;
      for (let step = 1; step < 2000; step += 1) {
        const next = surprise(middle + step * direction);
        expect(next).toBeGreaterThanOrEqual(previous);
        previous = next;
      }
    }
  });

  it('do not find the usual value of a mostly constant series surprising', () => {
    const { surprise } = surpriseOf(
      Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 5 : 0)),
      5,
    );
    expect(surprise(0)).toBe(0);
    expect(surprise(5)).toBeLessThan(-Math.log(0.04) + 1e-9);
    expect(surprise(-5)).toBeGreaterThan(10);
  });
});
