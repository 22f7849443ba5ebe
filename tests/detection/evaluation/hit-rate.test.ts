import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explanationQuality,
  firstHit,
  hitRate,
  meanOfRows,
  rowExplanationQuality,
  rowsToExplain,
  strongestMoment,
} from '../../../detection/evaluation/hit-rate.js';

describe('hit rate of explanations', () => {
  it('looks at |truth| places at 100 and floor(1.5 |truth|) at 150', () => {
    const contributions = [0.4, 0.3, 0.2, 0.1];
    expect(hitRate(contributions, [0, 2])).toBe(0.5);
    expect(hitRate(contributions, [0, 2], 150)).toBe(1);
    expect(hitRate(contributions, [1], 150)).toBe(0);
    expect(hitRate(contributions, [0, 1, 2, 3], 150)).toBe(1);
    expect(firstHit(contributions, [0, 3])).toBe(1);
  });

  it('shares places among equal contributions, whatever the columns', () => {
    expect(hitRate([1, 1, 1, 1], [0])).toBe(0.25);
    expect(hitRate([1, 1, 1, 1], [3])).toBe(0.25);
    expect(firstHit([2, 2, 1], [1])).toBe(0.5);
    expect(hitRate([5, 0, 0], [0, 2])).toBe(0.75);
  });

  it('averages the shares of an incident, so that one loud row does not decide', () => {
    const rows = [
      [1000, 0, -5],
      [0, 1, 1],
      [0, 0, 0],
    ];
    expect([...meanOfRows({ rows, scores: [9, 0, 0] })]).toEqual([1 / 3, 1 / 6, 1 / 6]);
  });

  it('names a metric by the moment at which it had most to do with the incident, by score and share', () => {
    const rows = [
      [3, 1, -5],
      [0, 0, 8],
      [1, 3, 0],
      [0, 0, 0],
    ];
    const moments = strongestMoment({ rows, scores: [0.4, 0.1, 0.8, 1] });
    expect([...moments]).toEqual([0.75 * 0.4, 0.75 * 0.8, 0.1]);
    expect(() => strongestMoment({ rows, scores: [1] })).toThrow(/1 scores of 4 rows/);
  });

  it.each([meanOfRows, strongestMoment])('refuses what is no explanation of an incident (%o)', (merge) => {
    const merged = (...rows: number[][]) => merge({ rows, scores: rows.map(() => 1) });
    expect(() => merged()).toThrow(/without explained rows/);
    expect(() => merged([1], [1, 2])).toThrow(/1 and of 2/);
    expect(() => merged([Number.NaN])).toThrow(/not finite/);
  });

  it('summarises incidents', () => {
    const quality = explanationQuality(
      [
        { rows: [[3, 2, 1]], scores: [1], truth: [0] },
        { rows: [[3, 2, 1]], scores: [1], truth: [1, 2] },
      ],
      meanOfRows,
    );
    expect(quality).toEqual({ incidents: 2, hitRate100: 0.75, hitRate150: 1, firstIsTrue: 0.5 });
    expect(() => explanationQuality([], meanOfRows)).toThrow(/no labelled incident/);
  });

  it('judges rows one by one where asked: a row that blames wrongly is not outvoted by the others', () => {
    const incidents = [
      {
        rows: [
          [9, 1],
          [9, 1],
          [0, 1],
        ],
        scores: [0.2, 0.2, 0.9],
        truth: [0],
      },
      { rows: [[0, 1]], scores: [1], truth: [1] },
    ];
    expect(rowExplanationQuality(incidents)).toEqual({
      incidents: 2,
      hitRate100: 0.75,
      hitRate150: 0.75,
      firstIsTrue: 0.75,
    });
    expect(explanationQuality(incidents, meanOfRows).hitRate100).toBe(1);
    expect(explanationQuality(incidents, strongestMoment).hitRate100).toBe(0.5);
    expect(() => rowExplanationQuality([])).toThrow(/no explained row/);
  });

  it('spreads the explained rows over the incident', () => {
    expect(rowsToExplain(7, 7)).toEqual([7]);
    expect(rowsToExplain(3, 5)).toEqual([3, 4, 5]);
    expect(rowsToExplain(0, 100, 3)).toEqual([0, 50, 100]);
    expect(rowsToExplain(0, 100)).toHaveLength(12);
  });

  it('refuses truths that no metric can meet', () => {
    expect(() => hitRate([1], [])).toThrow(/no metric is labelled/);
    expect(() => hitRate([1], [1])).toThrow(/metric 1 of 1/);
    expect(() => hitRate([1, 2], [0, 0])).toThrow(/named twice/);
    expect(() => hitRate([1, Number.NaN], [0])).toThrow(/contribution 1 is NaN/);
  });

  it('equals the mean over random orders of ties, does not fall with the percent, and is a sum over columns', () => {
    const sample = fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 6 })
      .chain((contributions) =>
        fc.tuple(
          fc.constant(contributions),
          fc.uniqueArray(fc.nat(contributions.length - 1), { minLength: 1 }),
        ),
      );
    fc.assert(
      fc.property(sample, ([contributions, truth]) => {
        expect(hitRate(contributions, truth)).toBeCloseTo(overAllOrders(contributions, truth), 12);
        expect(hitRate(contributions, truth, 150)).toBeGreaterThanOrEqual(
          hitRate(contributions, truth) - 1e-12,
        );
      }),
    );
  });
});

/** Mean hit rate over every order of the metrics that puts no smaller contribution first. */
function overAllOrders(contributions: readonly number[], truth: readonly number[]): number {
  const rates = orders(contributions.map((_, j) => j))
    .filter((order) => order.every((j, k) => k === 0 || at(order[k - 1]) >= at(j)))
    .map((order) => order.slice(0, truth.length).filter((j) => truth.includes(j)).length / truth.length);
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  function at(j: number | undefined): number {
    return contributions[j ?? -1] ?? Number.NaN;
  }
}

function orders(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
