import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../../producers/load-generator/latency-histogram.js';

function filled(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

test('every quantile is within 0.6 % of the exact nearest-rank one; maximum and mean are exact', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.02, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const histogram = filled(values);
        const sorted = [...values].sort((left, right) => left - right);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
        expect(Math.abs(histogram.quantile(share) - exact)).toBeLessThanOrEqual(0.006 * exact);
        expect(histogram.max).toBe(sorted.at(-1));
        expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
        expect(histogram.count).toBe(values.length);
      },
    ),
  );
});

test('nothing recorded gives 0; tiny, negative and enormous latencies are counted', () => {
  expect(filled([]).quantile(0.5)).toBe(0);
  const histogram = filled([-1, 0, 0.001, 1e9]);
  expect(histogram.quantile(0.5)).toBeLessThanOrEqual(0.01);
  expect(histogram.quantile(1)).toBe(1e9);
});
