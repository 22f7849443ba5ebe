import { describe, expect, it } from 'vitest';
import { learnPoint } from '../../../detection/series/learn.js';
import { emptySeries, type SeriesState } from '../../../detection/series/series-state.js';
import { STATISTICS, windowDeviation, windowMean, zscore } from '../../../detection/series/statistics.js';

function seriesOf(points: Iterable<number>): SeriesState {
  const series = emptySeries();
  let i = 0;
  for (const x of points) learnPoint(series, x, { timestamp: i, appendTime: i, event: i++ }, 86_400_000);
  return series;
}

function allOf(series: SeriesState, x: number): number[] {
  return STATISTICS.map(({ compute }) => compute(series, x, series.baseline));
}

describe('statistics of a series', () => {
  it('are the six of the features record, in its order', () => {
    expect(STATISTICS.map(({ name, window }) => [name, window])).toEqual([
      ['mean', 10],
      ['standardDeviation', 10],
      ['mean', 60],
      ['standardDeviation', 60],
      ['zscore', 0],
      ['tail', 0],
    ]);
  });

  it('is 0 for the constant of a constant series and bounded when it moves', () => {
    for (const constant of [0, 0.1, 7, -1e12, 1e150]) {
      const series = seriesOf(Array<number>(200).fill(constant));
      expect(allOf(series, constant)).toEqual([constant, 0, constant, 0, 0, 0]);
    }
    const seven = seriesOf(Array<number>(200).fill(7));
    // scale 0.7: the sd floor is 0.0035, the excess floor 0.014.
    expect(zscore(seven, 7.0035)).toBeCloseTo(1, 9);
    expect(zscore(seven, 8)).toBeGreaterThan(30);
    expect(zscore(seven, -1e9)).toBe(-1e6);
    expect(allOf(seven, 7.014)[5]).toBeCloseTo(-Math.log(0.04) + 1, 9);
    expect(allOf(seven, 1e12)[5]).toBe(1e6);
  });

  it('gives a series the same answers in any unit', () => {
    const points = Array.from({ length: 500 }, (_, i) => 10 + ((i * 37) % 101) / 10);
    const plain = seriesOf(points);
    for (const unit of [0.01, 1024, 2 ** 40]) {
      const scaled = seriesOf(points.map((x) => x * unit));
      for (const x of [15, 21, 40]) {
        expect(zscore(scaled, x * unit)).toBeCloseTo(zscore(plain, x), 6);
        expect(allOf(scaled, x * unit)[5]).toBeCloseTo(allOf(plain, x)[5] ?? Number.NaN, 6);
      }
    }
  });

  it('keeps the digits of small moves on a level of 10^12', () => {
    const series = seriesOf(Array.from({ length: 59 }, (_, i) => 1e12 + (i % 2)));
    expect(windowMean(series, 1e12 + 1, 60)).toBeCloseTo(1e12 + 0.5, 3);
    expect(windowDeviation(series, 1e12 + 1, 60)).toBeCloseTo(0.5, 9);
  });

  it('says nothing by z-score and tail before 30 points', () => {
    const series = seriesOf(Array.from({ length: 29 }, (_, i) => i % 3));
    expect(allOf(series, 1000).slice(4)).toEqual([0, 0]);
    learnPoint(series, 1, { timestamp: 29, appendTime: 29, event: 29 }, 86_400_000);
    expect(
      allOf(series, 1000)
        .slice(4)
        .every((value) => value > 30),
    ).toBe(true);
  });
});
