import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuantileSketch } from '../../../detection/statistics/quantile-sketch.js';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
/** Series of one long shape each: a shuffled ramp, heavy ties, a heavy tail, ascending, descending. */
const series = fc
  .tuple(
    fc.integer({ min: 1, max: 6_000 }),
    fc.integer({ min: 0, max: 4 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([n, shape, offset]) =>
    Array.from({ length: n }, (_, i) => {
      const u = ((i + 1) * 0.6180339887498949 + offset) % 1;
      return [u, Math.floor(u * 7), (1 - u + 1e-9) ** -2, i, -i][shape] ?? u;
    }),
  );
const levels = [0, 0.001, 0.01, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.99, 0.999, 1];

function filled(values: Iterable<number>): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** Distance of p from the ranks that x really has, as a share. */
function rankError(sorted: number[], x: number, p: number): number {
  const below = sorted.filter((value) => value < x).length / sorted.length;
  const upTo = sorted.filter((value) => value <= x).length / sorted.length;
  return Math.max(0, below - p, p - upTo);
}

function allowedRankError(p: number, n: number): number {
  return (2 * Math.PI * Math.sqrt(p * (1 - p))) / 80 + ((2 * Math.PI) / 80) ** 2 + 1 / n;
}

describe('quantile sketch, properties', () => {
  it('keeps the rank error within the scale function', () => {
    fc.assert(
      fc.property(series, (values) => {
        const view = filled(values).view();
        const sorted = [...values].sort((a, b) => a - b);
        for (const p of levels)
          expect(rankError(sorted, view.quantile(p), p)).toBeLessThanOrEqual(
            allowedRankError(p, values.length),
          );
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the rank error after merging parts', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 6 }), (values, parts) => {
        const whole = new QuantileSketch();
        for (let part = 0; part < parts; part++)
          whole.merge(filled(values.filter((_, i) => i % parts === part)));
        expect(whole.count).toBe(values.length);
        const sorted = [...values].sort((a, b) => a - b);
        const view = whole.view();
        for (const p of levels)
          expect(rankError(sorted, view.quantile(p), p)).toBeLessThanOrEqual(
            2 * allowedRankError(p, values.length),
          );
      }),
      { numRuns: 40 },
    );
  });

  it('has monotone quantiles and distribution function inside [min, max]', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 400 }), (values) => {
        const view = filled(values).view();
        let previous = Math.min(...values);
        for (let i = 0; i <= 200; i++) {
          const q = view.quantile(i / 200);
          expect(q).toBeGreaterThanOrEqual(previous);
          previous = q;
        }
        expect(previous === Math.max(...values)).toBe(true);
        let share = 0;
        for (const x of [...values].sort((a, b) => a - b)) {
          expect(view.cdf(x)).toBeGreaterThanOrEqual(share);
          expect(view.below(x)).toBeLessThanOrEqual(view.cdf(x));
          share = view.cdf(x);
        }
        expect(share).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it('continues after a round trip bit for bit as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { maxLength: 500 }),
        fc.array(finite, { maxLength: 500 }),
        (first, second) => {
          const uninterrupted = filled([...first, ...second]);
          const resumed = QuantileSketch.fromBytes(filled(first).toBytes());
          for (const value of second) resumed.add(value);
          expect(resumed.toBytes()).toEqual(uninterrupted.toBytes());
        },
      ),
      { numRuns: 100 },
    );
  });
});
