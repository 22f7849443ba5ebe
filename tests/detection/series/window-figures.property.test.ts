import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEVIATION_AT, deviationAt, meanAt, STEP_AT, WINDOWS } from '../../../detection/series/point.js';
import { emptySeries } from '../../../detection/series/series-state.js';
import { measureWindows } from '../../../detection/series/window-figures.js';
import { learn, pointOf } from './fed-series.js';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 260 });
/** Offsets that eat digits: a series of 10^12 must not lose its fluctuations. */
const offset = fc.constantFrom(0, 1e12, -3e9);

/** The plain definitions, as numpy's mean and std (ddof = 0) of the last points. */
function bruteForce(history: readonly number[], window: number): { mean: number; deviation: number } {
  const last = history.slice(-window);
  const base = last.at(-1) ?? 0;
  const mean = last.reduce((sum, x) => sum + (x - base), 0) / last.length;
  const squares = last.reduce((sum, x) => sum + (x - base - mean) ** 2, 0);
  return { mean: mean + base, deviation: Math.sqrt(squares / last.length) };
}

function bruteForceStep(history: readonly number[]): number {
  const steps = history.slice(1).map((x, i) => Math.abs(x - (history[i] as number)));
  const last = steps.slice(-10);
  return last.reduce((sum, step) => sum + step, 0) / Math.max(1, last.length);
}

it('figures of the windows equal the definitions over the last points, the current one included', () => {
  fc.assert(
    fc.property(values, offset, (points, shift) => {
      const series = emptySeries();
      const history: number[] = [];
      const size = points.reduce((most, point) => Math.max(most, Math.abs(point)), 1);
      points.forEach((point, i) => {
        const x = point + shift;
        history.push(x);
        const figures = pointOf(x);
        figures[DEVIATION_AT] = 7;
        measureWindows(series, figures);
        for (const window of WINDOWS) {
          const { mean, deviation } = bruteForce(history, window);
          const tolerance = 1e-9 * Math.max(1, Math.abs(mean), size);
          expect(Math.abs((figures[meanAt(window)] as number) - mean)).toBeLessThanOrEqual(tolerance);
          // A difference of squares: half of the digits are left of a spread that is small beside the newest point's distance.
          expect(
            Math.abs((figures[deviationAt(window)] as number) ** 2 - deviation ** 2),
          ).toBeLessThanOrEqual(1e-12 * 4 * size * size + 1e-9);
        }
        expect(figures[STEP_AT]).toBeCloseTo(bruteForceStep(history), 3);
        expect(figures[DEVIATION_AT]).toBe(7);
        learn(series, x, { timestamp: i, appendTime: i, event: i });
      });
    }),
    { numRuns: 60 },
  );
});
