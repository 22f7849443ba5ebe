import { describe, expect, it } from 'vitest';
import { learnMoments, measureDeviation, readMoments } from '../../../detection/series/long-run-moments.js';
import { SCALE_AT, ZSCORE_AT } from '../../../detection/series/point.js';
import { pointOf } from './fed-series.js';

/** Learns points into moments that begin at the third of six cells. */
function learnt(points: Iterable<number>, scale = 1, start: readonly number[] = [0, 0, 0]) {
  const cells = Float64Array.of(7, 7, ...start, 7);
  for (const x of points) {
    const point = pointOf(x);
    point[SCALE_AT] = scale;
    measureDeviation(cells, 2, 0, point);
    learnMoments(cells, 2, 0, point);
  }
  expect([cells[0], cells[1], cells[5]]).toEqual([7, 7, 7]);
  return { ...readMoments({ cells, at: 2 }), cells };
}

const halves = Array.from({ length: 60 }, (_, i) => i % 2);

describe('long-run moments', () => {
  it('are the plain mean and population variance of the first points', () => {
    const points = Array.from({ length: 60 }, (_, i) => Math.sin(i) * 3 + (i === 30 ? 500 : 8));
    const moments = learnt(points);
    const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
    const variance = points.reduce((sum, x) => sum + (x - mean) ** 2, 0) / points.length;
    expect(moments.points).toBe(60);
    expect(moments.mean).toBeCloseTo(mean, 9);
    expect(moments.variance).toBeCloseTo(variance, 6);
  });

  it('count a far point as one at three standard deviations, once 60 points are there', () => {
    const far = learnt([...halves, 1e9]);
    const near = learnt([...halves, 0.5 + 3 * 0.5]);
    expect(far.mean).toBeCloseTo(near.mean, 9);
    expect(far.variance).toBeCloseTo(near.variance, 9);
  });

  it('forget by half in 5,000 points', () => {
    // Within the gate of a wide series, so that only the forgetting is seen.
    const { mean } = learnt(Array<number>(5000).fill(1), 1000, [20_000, 0, 1]);
    expect(mean).toBeCloseTo(0.5, 6);
  });

  it('measure distances in deviations, of which the least is .005 of the scale', () => {
    const { cells } = learnt(halves);
    const deviations = (x: number, scale: number) => {
      const point = pointOf(x);
      point[SCALE_AT] = scale;
      measureDeviation(cells, 2, 0, point);
      return point[ZSCORE_AT];
    };
    expect(deviations(1.5, 1)).toBeCloseTo(2, 12);
    expect(deviations(-0.5, 1000)).toBeCloseTo(-1 / 5, 12);
    expect(deviations(1e300, 1)).toBe(1e6);
    expect(deviations(-1e300, 1)).toBe(-1e6);
  });
});
