import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_REASONS, reasonsOf } from '../../../processors/score/why.js';

const METRICS = ['a', 'b', 'c'];

describe('reasonsOf', () => {
  it('gives a metric the mean over the methods of its share of what each says', () => {
    const reasons = reasonsOf({
      metrics: METRICS,
      contributions: [0.2, 0.7, 0.1],
      speaking: 2,
      shap: [-3, -1, 0],
      zscores: [2, -8, 0.5],
    });
    expect(reasons.map(({ metric, zscore }) => [metric, zscore])).toEqual([
      ['b', -8],
      ['a', 2],
      ['c', 0.5],
    ]);
    const expected = [(2 * 0.7 + 0.25) / 3, (2 * 0.2 + 0.75) / 3, (2 * 0.1) / 3];
    reasons.forEach(({ weight }, i) => {
      expect(weight).toBeCloseTo(expected[i] as number, 12);
    });
  });

  it('puts what speaks against an anomaly last, with its sign', () => {
    const reasons = reasonsOf({
      metrics: METRICS,
      contributions: [0, 0, 0],
      speaking: 0,
      shap: [3, -1, 0],
      zscores: [],
    });
    expect(reasons).toEqual([
      { metric: 'b', weight: 0.25, zscore: 0 },
      { metric: 'a', weight: -0.75, zscore: 0 },
    ]);
  });

  it('goes by the evidence alone without an explanation of the forest, and has no reasons without any', () => {
    const quiet = { metrics: METRICS, contributions: [0, 0, 0], speaking: 0, shap: [], zscores: [] };
    expect(reasonsOf({ ...quiet, contributions: [0.5, 0.5, 0], speaking: 1 })).toEqual([
      { metric: 'a', weight: 0.5, zscore: 0 },
      { metric: 'b', weight: 0.5, zscore: 0 },
    ]);
    expect(reasonsOf(quiet)).toEqual([]);
    expect(reasonsOf({ ...quiet, shap: [0, 0, 0] })).toEqual([]);
  });

  it('keeps the five heaviest of all, ranked, each at most 1; of up to five metrics the sizes sum to 1 at most', () => {
    const metric = fc.record({
      evidence: fc.double({ min: 0, max: 30, noNaN: true }),
      shap: fc.double({ min: -9, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 12 }), (drawn) => {
        const total = drawn.reduce((sum, { evidence }) => sum + evidence, 0);
        const source = {
          metrics: drawn.map((_, i) => `m${i}`),
          contributions: drawn.map(({ evidence }) => (total === 0 ? 0 : evidence / total)),
          speaking: total === 0 ? 0 : 2,
          shap: drawn.map(({ shap }) => shap),
          zscores: drawn.map((_, i) => i),
        };
        const change = source.shap.reduce((sum, shap) => sum + Math.abs(shap), 0);
        const methods = source.speaking + (change > 0 ? 1 : 0);
        const weights = drawn.map(
          ({ shap }, i) =>
            (source.speaking * (source.contributions[i] as number) - (change > 0 ? shap / change : 0)) /
            Math.max(1, methods),
        );
        const heaviest = weights
          .filter((weight) => weight !== 0)
          .sort((a, b) => b - a)
          .slice(0, MOST_REASONS);
        const reasons = reasonsOf(source);
        expect(reasons.map(({ weight }) => weight)).toEqual(heaviest);
        for (const { metric: name, zscore, weight } of reasons) {
          expect(name).toBe(`m${zscore}`);
          expect(Math.abs(weight)).toBeLessThanOrEqual(1 + 1e-12);
        }
        const size = reasons.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
        expect(size).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('names the first five of the event where more weigh the same', () => {
    const metrics = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const contributions = metrics.map(() => 1 / metrics.length);
    const reasons = reasonsOf({ metrics, contributions, speaking: 2, shap: [], zscores: [] });
    expect(reasons.map(({ metric }) => metric)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
