import type { Calibration } from './calibration.js';

/** Calibration and joint boundary of a group that no model has seen yet. */
export interface DefaultCalibration {
  readonly calibration: readonly Calibration[];
  readonly threshold: number;
}

/**
 * Raw scores of quiet events by number of metrics d: [d, z: median, q99, q99.5, tail: median, q99, q99.5].
 *
 * A metric's evidence is a mean over four aspects of its series that overlap in time, some smoothed, some clipped: no closed form. The
 * distributions were drawn: what `observe` says about 2,048 series of seeded normal white noise at one reading a minute, 3,000 points of
 * each after 1,000 that were only learnt. d = 1 is read off them; a raw score of more is the mean of the min(3, d) largest of d independent
 * ones, 1.5 million draws each. A test draws again.
 */
const WHITE_NOISE: readonly (readonly [number, number, number, number, number, number, number])[] = [
  [1, 0.748, 1.899, 2.093, 0.873, 2.886, 3.237],
  [2, 0.777, 1.525, 1.637, 0.93, 2.235, 2.44],
  [3, 0.787, 1.371, 1.452, 0.951, 1.973, 2.126],
  [4, 0.889, 1.482, 1.565, 1.118, 2.165, 2.319],
  [6, 1.017, 1.619, 1.703, 1.336, 2.411, 2.567],
  [8, 1.102, 1.707, 1.793, 1.483, 2.569, 2.727],
  [12, 1.219, 1.828, 1.913, 1.689, 2.782, 2.943],
  [16, 1.299, 1.909, 1.993, 1.834, 2.934, 3.098],
  [32, 1.491, 2.102, 2.186, 2.175, 3.293, 3.457],
  [64, 1.682, 2.292, 2.375, 2.512, 3.646, 3.811],
  [128, 1.874, 2.473, 2.554, 2.85, 4, 4.165],
  [512, 2.258, 2.82, 2.896, 3.552, 4.699, 4.86],
];

/**
 * Returns the calibration of z-score and baseline for events of `metricCount` metrics before the first model; the forest is absent.
 * Median and 99 % quantile are those of independent normal metrics. Real metrics of a host move together, up to all
 * being one (d = 1), which widens the tail: the alarm boundary is the larger 99.5 % quantile of both extremes (at 99.9 % one spike of 10 sd in ten
 * would be missed; an anomaly also asks for a reading that is off, so quiet streams stay quiet). Between the
 * lines of the table it interpolates in ln d; above 512 it is the last line. O(1).
 */
export function defaultCalibration(metricCount: number): DefaultCalibration {
  const [zMedian, zQ99, zBoundary, tailMedian, tailQ99, tailBoundary] = whiteNoise(metricCount);
  const [, , , zSingle, , , tailSingle] = WHITE_NOISE[0] ?? [];
  const calibration = [
    calibrationOf('zscore', [zMedian, zQ99, Math.max(zBoundary, zSingle ?? 0)]),
    calibrationOf('baseline', [tailMedian, tailQ99, Math.max(tailBoundary, tailSingle ?? 0)]),
  ];
  return {
    calibration,
    threshold: calibration.reduce((sum, { threshold }) => sum + threshold / calibration.length, 0),
  };
}

type Quantiles = readonly [median: number, q99: number, boundary: number];

function calibrationOf(method: string, [median, q99, boundary]: Quantiles): Calibration {
  return { method, median, q99, threshold: (boundary - median) / (q99 - median) };
}

type SixNumbers = [number, number, number, number, number, number];

function whiteNoise(metricCount: number): SixNumbers {
  const count = Math.min(512, Math.max(1, metricCount));
  const above = WHITE_NOISE.findIndex(([d]) => d >= count);
  const upper = WHITE_NOISE[above] ?? WHITE_NOISE[0];
  const lower = WHITE_NOISE[Math.max(0, above - 1)] ?? upper;
  if (upper === undefined || lower === undefined)
    throw new RangeError('reading default calibration: no line');
  const share =
    upper === lower ? 0 : (Math.log(count) - Math.log(lower[0])) / (Math.log(upper[0]) - Math.log(lower[0]));
  const between = (column: 1 | 2 | 3 | 4 | 5 | 6): number =>
    lower[column] + share * (upper[column] - lower[column]);
  return [between(1), between(2), between(3), between(4), between(5), between(6)];
}
