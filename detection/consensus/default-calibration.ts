import type { Calibration } from './calibration.js';

/** Calibration and joint boundary of a group that no model has seen yet. */
export interface DefaultCalibration {
  readonly calibration: readonly Calibration[];
  readonly threshold: number;
}

/**
 * Raw scores of normal events by number of metrics d: [d, z: median, q99, q99.9, tail: median, q99, q99.9].
 *
 * Under normal theory a metric's |z| is half-normal, and its tail surprise -log(p) with p uniform is exponential with mean 1. A
 * raw score is the mean of the min(3, d) largest of d independent ones. d = 1 has a closed form (z: 0.674, 2.576, 3.291; tail: ln 2, ln 100,
 * ln 1000); the others are quantiles of 1.5 million seeded draws, which a test draws again.
 */
const NORMAL_THEORY: readonly (readonly [number, number, number, number, number, number, number])[] = [
  [1, 0.674, 2.576, 3.291, Math.LN2, 4.605, 6.908],
  [2, 0.744, 1.983, 2.465, 0.839, 3.332, 4.612],
  [3, 0.763, 1.739, 2.112, 0.891, 2.801, 3.739],
  [4, 0.948, 1.924, 2.288, 1.145, 3.158, 4.129],
  [6, 1.192, 2.137, 2.478, 1.519, 3.631, 4.592],
  [8, 1.351, 2.27, 2.603, 1.791, 3.941, 4.923],
  [12, 1.561, 2.435, 2.756, 2.18, 4.366, 5.357],
  [16, 1.699, 2.546, 2.858, 2.461, 4.668, 5.662],
  [32, 2.007, 2.791, 3.082, 3.143, 5.383, 6.373],
  [64, 2.284, 3.016, 3.291, 3.83, 6.09, 7.09],
  [128, 2.538, 3.226, 3.498, 4.518, 6.774, 7.777],
  [512, 2.991, 3.609, 3.847, 5.904, 8.152, 9.21],
];

/**
 * Returns the calibration of z-score and baseline for events of `metricCount` metrics before the first model; the forest is absent.
 * Median and 99 % quantile are those of independent normal metrics. Real metrics of a host move together, up to all
 * being one (d = 1), which widens the tail: the alarm boundary is the larger 99.9 % quantile of both extremes. Between the
 * lines of the table it interpolates in ln d; above 512 it is the last line. O(1).
 */
export function defaultCalibration(metricCount: number): DefaultCalibration {
  const [zMedian, zQ99, zQ999, tailMedian, tailQ99, tailQ999] = normalTheory(metricCount);
  const [, , , zSingle, , , tailSingle] = NORMAL_THEORY[0] ?? [];
  const calibration = [
    calibrationOf('zscore', [zMedian, zQ99, Math.max(zQ999, zSingle ?? 0)]),
    calibrationOf('baseline', [tailMedian, tailQ99, Math.max(tailQ999, tailSingle ?? 0)]),
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

function normalTheory(metricCount: number): SixNumbers {
  const count = Math.min(512, Math.max(1, metricCount));
  const above = NORMAL_THEORY.findIndex(([d]) => d >= count);
  const upper = NORMAL_THEORY[above] ?? NORMAL_THEORY[0];
  const lower = NORMAL_THEORY[Math.max(0, above - 1)] ?? upper;
  if (upper === undefined || lower === undefined) throw new RangeError('reading normal theory: no line');
  const share =
    upper === lower ? 0 : (Math.log(count) - Math.log(lower[0])) / (Math.log(upper[0]) - Math.log(lower[0]));
  const between = (column: 1 | 2 | 3 | 4 | 5 | 6): number =>
    lower[column] + share * (upper[column] - lower[column]);
  return [between(1), between(2), between(3), between(4), between(5), between(6)];
}
