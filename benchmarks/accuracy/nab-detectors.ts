import { normalSf } from '../../detection/statistics/normal.js';

/** Simple published detectors of the Numenta Anomaly Benchmark, written from their descriptions to check the scorer with. */
export type NabDetector = (values: readonly number[]) => Float64Array;

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

function spread(values: ArrayLike<number>, from: number, to: number): Spread {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += values[i] as number;
  const mean = sum / (to - from);
  let squares = 0;
  for (let i = from; i < to; i += 1) squares += ((values[i] as number) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (to - from)) };
}

/**
 * Windowed Gaussian: 1 - tail probability of the value under the normal of the last 6400 values, which from then on move in
 * steps of 100. Twelve digits, as the published score files keep: all beyond 7.1 deviations is 1, their best threshold.
 */
export const windowedGaussian: NabDetector = (values) => {
  let from = 0;
  let to = 0;
  let mean = 0;
  let squares = 0;
  return Float64Array.from(values, (value, i) => {
    const deviation = i === 0 ? 1 : Math.sqrt(squares / (to - from)) || 1e-6;
    const score = i === 0 ? 0 : 1 - normalSf(Math.abs(value - mean) / deviation);
    if (to - from < 6400) {
      to = i + 1;
      // Welford's update: summing the growing window afresh for each row would take seconds.
      const away = value - mean;
      mean += away / to;
      squares += away * (value - mean);
    } else if (i + 1 - to === 100) {
      from += 100;
      to = i + 1;
      const window = spread(values, from, to);
      mean = window.mean;
      squares = window.deviation ** 2 * (to - from);
    }
    return Number(score.toPrecision(12));
  });
};

const BINS = 5;
const WINDOW = 52;
/** 1 % point of chi-squared with 4 degrees of freedom. */
const LIMIT = 13.276704135987622;

/** Relative entropy: 1 when the histogram of the last 52 values is unlike every histogram met before, else 0. Knows the file's range. */
export const relativeEntropy: NabDetector = (values) => {
  const low = Math.min(...values);
  const step = (Math.max(...values) - low) / BINS;
  const known: Float64Array[] = [];
  return Float64Array.from(values, (_, i) => {
    if (step === 0 || i + 1 < WINDOW) return 0;
    const shares = new Float64Array(BINS);
    for (let j = i + 1 - WINDOW; j <= i; j += 1) {
      const bin = Math.min(Math.ceil(((values[j] as number) - low) / step), BINS - 1);
      shares[bin] = (shares[bin] as number) + 1 / WINDOW;
    }
    const isKnown = known.some((old) => 2 * WINDOW * divergence(shares, old) < LIMIT);
    if (!isKnown) known.push(shares);
    return isKnown || known.length === 1 ? 0 : 1;
  });
};

function divergence(p: Float64Array, q: Float64Array): number {
  return p.reduce(
    (sum, share, k) => (share === 0 ? sum : sum + share * Math.log(share / (q[k] as number))),
    0,
  );
}

/** Moving z-score: distance from the mean of the `window` values before, in their deviations, as z / (1 + z). */
export function movingZ(window: number): NabDetector {
  return (values) =>
    Float64Array.from(values, (value, i) => {
      const from = Math.max(0, i - window);
      if (i - from < 2) return 0;
      const { mean, deviation } = spread(values, from, i);
      const z = Math.abs(value - mean) / Math.max(deviation, 1e-9);
      return z / (1 + z);
    });
}
