import { type NabProfile, type NabSeries, type NabWeights, nabWeights } from './nab-sweep.js';

/** The corpus at one threshold: a row alarms at score >= threshold. */
export interface NabPoint {
  /** Infinity: no alarm at all. */
  readonly threshold: number;
  /** Raw sum over the files, in the profile's units. */
  readonly score: number;
  /** Scored rows by window and alarm; NAB counts rows, not windows. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** A detector's figure: the best point and where it lies between the null detector (0) and a perfect one (100). */
export interface NabResult extends NabPoint {
  readonly profile: string;
  /** At most 100; below 0 only for a given threshold, never for the best one. */
  readonly normalized: number;
  /** Raw score without any alarm, and with each window hit at its left edge and nothing else. */
  readonly nullScore: number;
  readonly perfectScore: number;
}

/**
 * Returns the corpus at every distinct score, strictest first, beginning with no alarm at all. Files share the threshold; each
 * window pays once, for its best alarm so far; rows of the probation neither pay nor cost, and a window wholly inside it is not
 * missed. O(n log n) for n rows of all files.
 * @throws RangeError on scores that are not finite and on what `nabWeights` refuses
 */
export function nabSweep(corpus: readonly NabSeries[], profile: NabProfile): NabPoint[] {
  const rows = scoredRows(corpus, profile);
  const order = Uint32Array.from(rows.scores, (_, i) => i).sort(
    (a, b) => (rows.scores[b] as number) - (rows.scores[a] as number) || 0,
  );
  const paid = new Float64Array(rows.windows).fill(-profile.falseNegative);
  const inWindows = rows.window.reduce((count, window) => count + (window >= 0 ? 1 : 0), 0);
  const points: NabPoint[] = [];
  let threshold = Number.POSITIVE_INFINITY;
  let truePositives = 0;
  let falsePositives = 0;
  let charged = 0;
  let earned = sumOf(paid);
  const keep = (): void => {
    points.push({
      threshold,
      score: earned + charged,
      truePositives,
      falsePositives,
      falseNegatives: inWindows - truePositives,
      trueNegatives: rows.scores.length - inWindows - falsePositives,
    });
  };
  for (const i of order) {
    const score = rows.scores[i] as number;
    if (score !== threshold) {
      keep();
      threshold = score;
    }
    const window = rows.window[i] as number;
    const worth = rows.worth[i] as number;
    if (window >= 0) {
      truePositives += 1;
      if (worth > (paid[window] as number)) {
        paid[window] = worth;
        // Summed afresh, which is rare: no rounding is carried along.
        earned = sumOf(paid);
      }
    } else {
      falsePositives += 1;
      charged += worth;
    }
  }
  keep();
  return points;
}

/**
 * Returns the result with the one threshold that suits the whole corpus best (NAB's optimiser); of equal ones the highest.
 * The labels choose the threshold: an oracle's figure, as all published ones. Cost of `nabSweep`.
 * @throws RangeError without windows, and on what `nabSweep` refuses
 */
export function nabBest(corpus: readonly NabSeries[], profile: NabProfile): NabResult {
  const points = nabSweep(corpus, profile);
  let best = points[0] as NabPoint;
  for (const point of points) if (point.score > best.score) best = point;
  return { ...best, ...scale(best.score, points, corpus, profile) };
}

/**
 * Returns the result at a given threshold: what a detector earns that ships it. Cost of `nabSweep`.
 * @throws RangeError without windows, on a NaN threshold, and on what `nabSweep` refuses
 */
export function nabAt(corpus: readonly NabSeries[], profile: NabProfile, threshold: number): NabResult {
  const points = nabSweep(corpus, profile);
  const point = pointAt(points, threshold);
  return { ...point, ...scale(point.score, points, corpus, profile) };
}

/**
 * Returns the raw point of one file, with or without windows, at a threshold: the rows of NAB's result files. Cost of `nabSweep`.
 * @throws RangeError on a NaN threshold, and on what `nabSweep` refuses
 */
export function nabFile(series: NabSeries, profile: NabProfile, threshold: number): NabPoint {
  return pointAt(nabSweep([series], profile), threshold);
}

function sumOf(parts: Float64Array): number {
  return parts.reduce((sum, part) => sum + part, 0);
}

function pointAt(points: readonly NabPoint[], threshold: number): NabPoint {
  if (Number.isNaN(threshold)) throw new RangeError('scoring corpus: the threshold is NaN');
  let chosen = points[0] as NabPoint;
  for (const point of points) if (point.threshold >= threshold) chosen = point;
  return { ...chosen, threshold };
}

function scale(
  score: number,
  points: readonly NabPoint[],
  corpus: readonly NabSeries[],
  profile: NabProfile,
): Pick<NabResult, 'profile' | 'normalized' | 'nullScore' | 'perfectScore'> {
  const windows = corpus.reduce((count, series) => count + series.windows.length, 0);
  if (windows === 0) throw new RangeError('scoring corpus: no file has an anomaly window');
  // NAB's null detector answers 0.5 everywhere; its best threshold is above that, so it never alarms.
  const nullScore = (points[0] as NabPoint).score;
  const perfectScore = profile.truePositive * windows;
  const normalized = (100 * (score - nullScore)) / (perfectScore - nullScore);
  return { profile: profile.name, normalized, nullScore, perfectScore };
}

interface ScoredRows {
  readonly scores: Float64Array;
  readonly worth: Float64Array;
  /** Window of the corpus that the row lies in, or -1. */
  readonly window: Int32Array;
  readonly windows: number;
}

function scoredRows(corpus: readonly NabSeries[], profile: NabProfile): ScoredRows {
  const parts = corpus.map((series) => ({ series, weights: nabWeights(series, profile) }));
  const count = parts.reduce((sum, { series, weights }) => sum + series.scores.length - weights.probation, 0);
  const rows = {
    scores: new Float64Array(count),
    worth: new Float64Array(count),
    window: new Int32Array(count),
  };
  let next = 0;
  let windows = 0;
  for (const { series, weights } of parts) {
    const first = firstScoredWindow(series, weights);
    for (let i = weights.probation; i < series.scores.length; i += 1) {
      const score = series.scores[i] as number;
      if (!Number.isFinite(score))
        throw new RangeError(`scoring ${series.name}: the score of row ${i} is ${score}`);
      const window = weights.window[i] as number;
      rows.scores[next] = score;
      rows.worth[next] = weights.worth[i] as number;
      rows.window[next] = window < 0 ? -1 : windows + window - first;
      next += 1;
    }
    windows += series.windows.length - first;
  }
  return { ...rows, windows };
}

/** How many windows lie wholly in the probation: they come first. */
function firstScoredWindow({ windows }: NabSeries, { probation }: NabWeights): number {
  return windows.filter(({ end }) => end < probation).length;
}
