import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_ZSCORE } from '../../../detection/series/long-run-moments.js';
import { MOST_SURPRISE } from '../../../detection/series/measure.js';
import { encodeSeries } from '../../../detection/series/series-bytes.js';
import { emptySeries, momentsOf } from '../../../detection/series/series-state.js';
import { MAX_SURPRISE } from '../../../detection/series/tail-tables.js';
import { learn, look } from './fed-series.js';

const anything = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }),
  fc.constantFrom(0, -0, 1e150, -1e150, 5e-324, 1e12, 1),
);

/** Largest size of a statistic. */
function boundOf(name: string): number {
  if (name.includes('Evidence')) return MOST_SURPRISE;
  if (name.startsWith('zscore')) return MAX_ZSCORE;
  return name.startsWith('tail') ? MAX_SURPRISE : Number.MAX_VALUE;
}

it('is finite and within its bounds for any finite values, and looking changes nothing', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 150 }), anything, (points, x) => {
      const series = emptySeries();
      points.forEach((point, i) => {
        const before = encodeSeries(series).slice();
        for (const [name, value] of Object.entries(look(series, x))) {
          expect(Number.isFinite(value)).toBe(true);
          expect(Math.abs(value)).toBeLessThanOrEqual(boundOf(name));
        }
        expect(Buffer.from(encodeSeries(series)).equals(before)).toBe(true);
        learn(series, point, { timestamp: i, appendTime: i, event: i });
      });
      for (const k of [0, 1, 2, 3]) {
        const { mean, variance } = momentsOf(series, k);
        expect(Number.isFinite(mean) && variance >= 0).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
