import {
  type Labels,
  requireLabelled,
  requireNegatives,
  requirePositives,
  type Scores,
} from './labelled-scores.js';
import { mergedSegments, type Segment, segments } from './segments.js';

/** How far labels are blurred, and how many points each curve has. */
export interface SurfaceSettings {
  /** Largest buffer in rows; the volume averages the curves of 0, 1, ... window. Half of a buffer lies on each side. */
  readonly window: number;
  /** Thresholds of a curve, taken at equal steps through the sorted scores; >= 2. 250 in the published package. */
  readonly thresholds?: number;
}

/** Volumes under the range-ROC and range-precision-recall surfaces; near 0..1, higher is better. */
export interface SurfaceVolumes {
  readonly roc: number;
  readonly precisionRecall: number;
}

/**
 * Returns VUS-ROC and VUS-PR (Paparrizos et al., VLDB 2022), with the conventions of the package vus 0.0.6, version "opt":
 * the label falls off as sqrt(1 - distance / buffer) around each segment, a rate counts rows half by the strict and half by
 * the blurred label, recall is multiplied by the share of segments that are touched at all, precision is step-wise.
 * O(n log n + window (n + thresholds)); the package itself is O(window thresholds n).
 * @throws RangeError without a labelled or without an unlabelled row, on a window that is not a whole number >= 0, on fewer than
 * 2 thresholds, and on what `requireLabelled` refuses
 */
export function volumeUnderSurface(
  labels: Labels,
  scores: Scores,
  settings: SurfaceSettings,
): SurfaceVolumes {
  const { window, thresholds = 250 } = settings;
  const positives = requireLabelled(labels, scores);
  requirePositives(positives);
  requireNegatives(labels.length - positives);
  if (!Number.isInteger(window) || window < 0)
    throw new RangeError(`measuring surface: the window ${window} is not a whole number of rows`);
  if (!Number.isInteger(thresholds) || thresholds < 2)
    throw new RangeError(`measuring surface: at least 2 thresholds are needed, got ${thresholds}`);
  const ranked = rankSteps(scores, thresholds);
  const strict = segments(labels);
  const volumes = { roc: 0, precisionRecall: 0 };
  for (let buffer = 0; buffer <= window; buffer += 1) {
    const curve = curveOf(labels, strict, buffer, ranked);
    volumes.roc += rocArea(curve);
    volumes.precisionRecall += precisionArea(curve);
  }
  return { roc: volumes.roc / (window + 1), precisionRecall: volumes.precisionRecall / (window + 1) };
}

interface RankedRows {
  /** Per row: the first curve point at which it alarms. */
  readonly firstStep: Int32Array;
  /** Per curve point: rows that alarm. */
  readonly alarms: Float64Array;
}

function rankSteps(scores: Scores, thresholds: number): RankedRows {
  const descending = Float64Array.from(scores).sort().reverse();
  const step = (descending.length - 1) / (thresholds - 1);
  const levels = Float64Array.from({ length: thresholds }, (_, k) => {
    const place = k === thresholds - 1 ? descending.length - 1 : Math.trunc(k * step);
    return descending[place] as number;
  });
  const firstStep = Int32Array.from(scores, (score) => {
    let low = 0;
    let high = thresholds - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((levels[middle] as number) <= score) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  const alarms = new Float64Array(thresholds);
  for (const k of firstStep) alarms[k] = (alarms[k] as number) + 1;
  return { firstStep, alarms: runningSum(alarms) };
}

interface Curve {
  readonly truePositiveRate: Float64Array;
  readonly falsePositiveRate: Float64Array;
  readonly precision: Float64Array;
}

function curveOf(labels: Labels, strict: readonly Segment[], buffer: number, ranked: RankedRows): Curve {
  const { firstStep, alarms } = ranked;
  const half = Math.floor(buffer / 2);
  const touched = touchedSegments(strict, half, ranked);
  const hits = new Float64Array(alarms.length);
  const blurredHits = new Float64Array(alarms.length);
  let positives = 0;
  blurred(labels, strict, buffer).forEach((weight, i) => {
    const k = firstStep[i] as number;
    hits[k] = (hits[k] as number) + weight;
    if (labels[i] === 1) positives += 1;
    else blurredHits[k] = (blurredHits[k] as number) + weight;
  });
  const allHits = runningSum(hits);
  const bufferHits = runningSum(blurredHits);
  // The label mass is the mean of the strict one and the blurred one, in which a buffer row counts once it alarms.
  const mass = bufferHits.map((inBuffer) => positives + inBuffer / 2);
  return {
    truePositiveRate: allHits.map(
      (hit, k) => Math.min(hit / (mass[k] as number), 1) * (touched[k] as number),
    ),
    falsePositiveRate: allHits.map(
      (hit, k) => ((alarms[k] as number) - hit) / (labels.length - (mass[k] as number)),
    ),
    precision: allHits.map((hit, k) => hit / (alarms[k] as number)),
  };
}

/** Returns the label of each row blurred by half the buffer on both sides, at most 1. */
function blurred(labels: Labels, strict: readonly Segment[], buffer: number): Float64Array {
  const weights = Float64Array.from(labels);
  const half = Math.floor(buffer / 2);
  for (const { start, end } of strict) {
    for (let distance = 1; distance <= half; distance += 1) {
      const weight = Math.sqrt(1 - distance / buffer);
      for (const i of [start - distance, end + distance]) {
        if (i >= 0 && i < weights.length) weights[i] = Math.min(1, (weights[i] as number) + weight);
      }
    }
  }
  return weights;
}

/** Returns per curve point the share of buffered segments in which any row alarms; buffers that meet make one segment. */
function touchedSegments(
  strict: readonly Segment[],
  half: number,
  { firstStep, alarms }: RankedRows,
): Float64Array {
  const buffered = mergedSegments(strict, 2 * half);
  const touched = new Float64Array(alarms.length);
  for (const { start, end } of buffered) {
    let first = alarms.length - 1;
    const last = Math.min(end + half, firstStep.length - 1);
    for (let i = Math.max(start - half, 0); i <= last; i += 1)
      first = Math.min(first, firstStep[i] as number);
    touched[first] = (touched[first] as number) + 1;
  }
  return runningSum(touched).map((count) => count / buffered.length);
}

function runningSum(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** Trapezoids from (0, 0) over the points to (1, 1). */
function rocArea({ truePositiveRate, falsePositiveRate }: Curve): number {
  let area = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k <= truePositiveRate.length; k += 1) {
    const nextX = falsePositiveRate[k] ?? 1;
    const nextY = truePositiveRate[k] ?? 1;
    area += ((nextX - x) * (nextY + y)) / 2;
    x = nextX;
    y = nextY;
  }
  return area;
}

function precisionArea({ truePositiveRate, precision }: Curve): number {
  let area = 0;
  let recall = 0;
  truePositiveRate.forEach((next, k) => {
    area += (next - recall) * (precision[k] as number);
    recall = next;
  });
  return area;
}
