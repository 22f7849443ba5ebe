import { gaussian, seededRandom } from '../../../common/random.js';
import { emptyHost } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';

/** How much evidence to draw. */
export interface DrawOptions {
  readonly seed: number;
  /** Independent metrics of white noise, at most 512. */
  readonly series: number;
  /** Points of each that are only learnt. */
  readonly settled: number;
  /** Points of each that are looked at. */
  readonly points: number;
}

/** Evidence of one metric that is quiet, all series and points together, ascending. */
export interface DrawnEvidence {
  readonly zscore: Float64Array;
  readonly baseline: Float64Array;
}

const INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;

/** Returns what `observe` says about seeded normal white noise, one reading a minute. */
export function drawEvidence({ seed, series, settled, points }: DrawOptions): DrawnEvidence {
  const random = seededRandom(seed);
  const host = emptyHost();
  const metrics = Array.from({ length: series }, (_, j) => `m${j}`);
  const zscore = new Float64Array(series * points);
  const baseline = new Float64Array(series * points);
  for (let row = 0; row < settled + points; row += 1) {
    const values = metrics.map(() => gaussian(random));
    const at = row * INTERVAL_MS;
    const { statistics } = observe(host, { timestamp: at, appendTime: at, metrics, values }, DAY_MS);
    if (row < settled) continue;
    for (const { name, values: evidence } of statistics) {
      if (name === 'zscoreEvidence') zscore.set(evidence, (row - settled) * series);
      if (name === 'tailEvidence') baseline.set(evidence, (row - settled) * series);
    }
  }
  return { zscore: zscore.sort(), baseline: baseline.sort() };
}

/**
 * Returns raw scores of events of `metricCount` independent metrics, ascending: means of the (up to) three largest evidences. The largest of d
 * independent draws is the quantile at u^(1/d) of one, the next one the largest of the d - 1 below it, and so on.
 */
export function drawScores(
  evidence: Float64Array,
  metricCount: number,
  { draws, random }: { readonly draws: number; readonly random: () => number },
): Float64Array {
  const speaking = Math.min(3, metricCount);
  return Float64Array.from({ length: draws }, () => {
    let level = 1;
    let sum = 0;
    for (let k = 0; k < speaking; k += 1) {
      level *= random() ** (1 / (metricCount - k));
      sum += evidence[Math.min(evidence.length - 1, Math.floor(level * evidence.length))] as number;
    }
    return sum / speaking;
  }).sort();
}
