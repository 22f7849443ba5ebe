import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnPoint } from '../../../detection/series/learn.js';
import { emptySeries } from '../../../detection/series/series-state.js';
import { STATISTICS } from '../../../detection/series/statistics.js';

const DAY_MS = 86_400_000;
const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
/** Offsets that eat digits: a series of 10^12 must not lose its fluctuations. */
const offset = fc.constantFrom(0, 1e12, -3e9);

/** The plain definition, as numpy's mean and std (ddof = 0) of the last points. */
function bruteForce(name: string, window: number, history: readonly number[]): number {
  const last = history.slice(-window);
  const base = last.at(-1) ?? 0;
  const mean = last.reduce((sum, x) => sum + (x - base), 0) / last.length;
  if (name === 'mean') return mean + base;
  return Math.sqrt(last.reduce((sum, x) => sum + (x - base - mean) ** 2, 0) / last.length);
}

describe('statistics of a series, properties', () => {
  it('equals the definition over the last points, the current one included', () => {
    fc.assert(
      fc.property(values, offset, (points, shift) => {
        const series = emptySeries();
        const history: number[] = [];
        points.forEach((point, i) => {
          const x = point + shift;
          history.push(x);
          for (const { name, window, compute } of STATISTICS) {
            if (window === 0) continue;
            const expected = bruteForce(name, window, history);
            expect(Math.abs(compute(series, x, null) - expected)).toBeLessThanOrEqual(
              1e-9 * Math.max(1, Math.abs(expected)),
            );
          }
          learnPoint(series, x, { timestamp: i, appendTime: i, event: i }, DAY_MS);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is finite and within its bounds for any finite values, and looking changes nothing', () => {
    const anything = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }),
      fc.constantFrom(0, -0, 1e150, -1e150, 5e-324, 1e12, 1),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 150 }), anything, (points, x) => {
        const series = emptySeries();
        points.forEach((point, i) => {
          const before = structuredClone({ ...series, sketch: series.sketch.toBytes() });
          for (const { name, compute } of STATISTICS) {
            const value = compute(series, x, series.baseline);
            expect(Number.isFinite(value)).toBe(true);
            if (name === 'zscore' || name === 'tail') expect(Math.abs(value)).toBeLessThanOrEqual(1e6);
          }
          expect(structuredClone({ ...series, sketch: series.sketch.toBytes() })).toEqual(before);
          learnPoint(series, point, { timestamp: i, appendTime: i, event: i }, DAY_MS);
        });
        expect(Number.isFinite(series.moments.mean) && series.moments.variance >= 0).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
