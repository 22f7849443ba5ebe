import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostDrift } from '../../../detection/drift/host-drift.js';
import { buildDriftReference } from '../../../detection/drift/reference.js';
import { driftSettings } from '../../../detection/drift/settings.js';
import { uniform } from './synthetic.js';

const settings = driftSettings({ blockMs: 1_000, windowBlocks: 4, minRows: 10, persistence: 2 });
const metrics = [0, 1, 2].map((seed) => {
  const random = uniform(seed);
  const values = Array.from({ length: 400 }, () => random() * 2 - 1);
  const built = buildDriftReference({ values, timestamps: values.map((_, i) => i * 100), ...settings });
  return { name: `m${seed}`, reference: built.kind === 'reference' && seed !== 1 ? built : null };
});
const value = fc.oneof(
  fc.double({ min: -9, max: 9, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0),
);
/** Rows with jumps ahead (also beyond a window) and back (late), absent and infinite values. */
const rows = fc.array(
  fc.record({
    ahead: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 9_000 }) },
    ),
    values: fc.array(value, { minLength: 0, maxLength: 3 }),
    level: fc.constantFrom(0, 0, 0, 30),
  }),
  { maxLength: 400 },
);

describe('host drift, properties', () => {
  it('says and holds the same whether or not it was written and read in between', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 60 }), (given, every) => {
        const whole = new HostDrift(metrics, settings);
        let resumed = new HostDrift(metrics, settings);
        let appendTime = 50_000;
        for (const [i, row] of given.entries()) {
          appendTime += row.ahead;
          const step = { appendTime, values: row.values.map((x) => x + row.level) };
          expect(resumed.step(step)).toEqual(whole.step(step));
          if (i % every === 0) resumed = HostDrift.fromBytes(resumed.toBytes(), metrics, settings);
        }
        expect(resumed.toBytes()).toEqual(whole.toBytes());
      }),
      { numRuns: 60 },
    );
  });
});
