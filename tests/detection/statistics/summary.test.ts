import { describe, expect, it } from 'vitest';
import { iqrFences } from '../../../detection/statistics/iqr-fences.js';
import {
  medianAbsoluteDeviation,
  NORMAL_CONSISTENCY,
} from '../../../detection/statistics/median-absolute-deviation.js';
import { moments } from '../../../detection/statistics/moments.js';
import { quantiles } from '../../../detection/statistics/quantile.js';
import { expectClose, readVectors } from './vectors.js';

const vectors = readVectors<{
  x: number[];
  mean: number;
  std_pop: number;
  std_sample: number;
  quantiles: Record<string, number>;
  mad: number;
  mad_normal: number;
  skew: number;
  kurtosis_excess: number;
  iqr_bounds: [number, number];
}>('summary_stats');

describe('summaries equal numpy, scipy and statsmodels', () => {
  it('moments', () => {
    const actual = moments(vectors.x);
    expectClose(actual.mean, vectors.mean, 1e-12);
    expectClose(actual.standardDeviation, vectors.std_pop, 1e-12);
    expectClose(actual.sampleStandardDeviation, vectors.std_sample, 1e-12);
    expectClose(actual.skewness, vectors.skew, 1e-12);
    expectClose(actual.kurtosis, vectors.kurtosis_excess, 1e-12);
  });

  it('quantiles', () => {
    for (const [p, expected] of Object.entries(vectors.quantiles)) {
      expectClose(quantiles(vectors.x, [Number(p)])[0] ?? Number.NaN, expected, 1e-12);
    }
    // Between two values, where simple-statistics does not interpolate.
    expect(quantiles([0, 10], [0.25, 0.5])).toEqual([2.5, 5]);
  });

  it('median absolute deviation and fences', () => {
    expectClose(medianAbsoluteDeviation(vectors.x), vectors.mad, 1e-12);
    expectClose(medianAbsoluteDeviation(vectors.x) * NORMAL_CONSISTENCY, vectors.mad_normal, 1e-12);
    const [low, high] = iqrFences(vectors.x);
    expectClose(low, vectors.iqr_bounds[0], 1e-12);
    expectClose(high, vectors.iqr_bounds[1], 1e-12);
  });

  it('calls a constant shapeless', () => {
    expect(moments([2, 2, 2])).toMatchObject({ standardDeviation: 0, skewness: 0, kurtosis: 0 });
  });
});
