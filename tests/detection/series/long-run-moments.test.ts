import { describe, expect, it } from 'vitest';
import { learnMoments } from '../../../detection/series/long-run-moments.js';

const start = () => ({ points: 0, mean: 0, variance: 0 });

describe('long-run moments', () => {
  it('are the plain mean and population variance of the first points', () => {
    const moments = start();
    const points = Array.from({ length: 60 }, (_, i) => Math.sin(i) * 3 + (i === 30 ? 500 : 8));
    for (const x of points) learnMoments(moments, x, 1);
    const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
    const variance = points.reduce((sum, x) => sum + (x - mean) ** 2, 0) / points.length;
    expect(moments.mean).toBeCloseTo(mean, 9);
    expect(moments.variance).toBeCloseTo(variance, 6);
  });

  it('count a far point as one at three standard deviations, once 60 points are there', () => {
    const far = start();
    const near = start();
    for (let i = 0; i < 60; i++) {
      learnMoments(far, i % 2, 1);
      learnMoments(near, i % 2, 1);
    }
    learnMoments(far, 1e9, 1);
    learnMoments(near, 0.5 + 3 * 0.5, 1);
    expect(far.mean).toBeCloseTo(near.mean, 9);
    expect(far.variance).toBeCloseTo(near.variance, 9);
  });

  it('forget by half in 5,000 points', () => {
    const moments = { points: 20_000, mean: 0, variance: 1 };
    // Within the gate of a wide series, so that only the forgetting is seen.
    for (let i = 0; i < 5000; i++) learnMoments(moments, 1, 1000);
    expect(moments.mean).toBeCloseTo(0.5, 6);
  });
});
