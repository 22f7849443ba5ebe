import { describe, expect, it } from 'vitest';
import { EVIDENCE_FEATURES } from '../../../detection/series/evidence-features.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';
import { newPoint } from '../../../detection/series/point.js';
import { STATISTICS } from '../../../detection/series/statistics.js';
import { learn, look, seriesOf } from './fed-series.js';

const EVIDENCE = /^(zscore|tail)/;

describe('statistics of a series', () => {
  it('are the seventeen of the features record, in its order, each with a measure of its own', () => {
    expect(STATISTICS.map(({ name, window }) => `${name}/${window}`)).toEqual([
      'mean/5',
      'standardDeviation/5',
      'mean/20',
      'standardDeviation/20',
      'mean/100',
      'standardDeviation/100',
      'zscore/0',
      'zscoreOfStandardDeviation/10',
      'zscoreOfStep/10',
      'zscoreOfStandardDeviation/60',
      'tail/0',
      'tailOfStandardDeviation/10',
      'tailOfStep/10',
      'tailOfStandardDeviation/60',
      'zscoreEvidence/0',
      'tailEvidence/0',
      'novelty/0',
    ]);
    const places = new Set(STATISTICS.map(({ at }) => at));
    expect(places.size).toBe(STATISTICS.length);
    expect(Math.max(...places)).toBeLessThan(newPoint().length);
    expect(EVIDENCE_FEATURES[0]).toMatchObject({ suffix: '', mostDeviations: 30 });
  });

  it('are 0 for the constant of a constant series and bounded when it moves', () => {
    for (const constant of [0, 0.1, 7, -1e12, 1e150]) {
      const seen = look(seriesOf(Array<number>(200).fill(constant)), constant);
      for (const [name, value] of Object.entries(seen))
        expect(value).toBe(name.startsWith('mean') ? constant : 0);
    }
    const seven = seriesOf(Array<number>(200).fill(7));
    // Scale 0.7: the floor of the deviation is 0.0035, that of the excess 0.014.
    expect(look(seven, 7.0035)['zscore/0']).toBeCloseTo(1, 9);
    expect(look(seven, 8)['zscore/0']).toBeGreaterThan(30);
    expect(look(seven, -1e9)['zscore/0']).toBe(-1e6);
    // Its baseline is that of 120 points, 2.4 of them beyond either edge.
    const surprise = (excesses: number) => -Math.log(0.04) + 2.4 * Math.log1p(excesses / 2.4);
    expect(look(seven, 7.014)['tail/0']).toBeCloseTo(surprise(1), 9);
    expect(look(seven, 1e12)['tail/0']).toBeCloseTo(surprise((1e12 - 7) / 0.014), 9);
  });

  it('give a series the same answers in any unit', () => {
    // No two alike: of equal ones rounding would decide which is the smaller.
    const points = Array.from({ length: 500 }, (_, i) => 15 + 5 * Math.sin(i * i));
    const plain = seriesOf(points);
    for (const unit of [1e-9, 0.01, 1024, 2 ** 40]) {
      const scaled = seriesOf(points.map((x) => x * unit));
      for (const x of [15, 21, 40]) {
        const expected = look(plain, x);
        for (const [name, value] of Object.entries(look(scaled, x * unit)))
          if (EVIDENCE.test(name)) expect(value).toBeCloseTo(expected[name] ?? Number.NaN, 5);
      }
    }
  });

  it('keep the digits of small moves on a level of 10^12', () => {
    const series = seriesOf(Array.from({ length: 59 }, (_, i) => 1e12 + (i % 2)));
    expect(look(series, 1e12 + 1)['mean/100']).toBeCloseTo(1e12 + 0.5, 3);
    expect(look(series, 1e12 + 1)['standardDeviation/100']).toBeCloseTo(0.5, 9);
  });

  it('say nothing by z-score and tail before 30 points', () => {
    const series = seriesOf(Array.from({ length: 29 }, (_, i) => i % 3));
    for (const [name, value] of Object.entries(look(series, 1000)))
      if (EVIDENCE.test(name)) expect(value).toBe(name.includes('Evidence') ? COLD_EVIDENCE : 0);
    learn(series, 1, { timestamp: 29, appendTime: 29, event: 29 });
    const seen = look(series, 1000);
    expect(seen['zscore/0']).toBeGreaterThan(30);
    expect(seen['tail/0']).toBeGreaterThan(12);
    // The other aspects are not known yet: they do not dilute the evidence of the reading.
    expect(seen['tailEvidence/0']).toBe(seen['tail/0']);
  });
});
