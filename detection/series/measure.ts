import type { PublishedBaseline } from './baseline.js';
import { EVIDENCE_FEATURES, type EvidenceFeature, FEATURE_COUNT } from './evidence-features.js';
import { measureDeviation } from './long-run-moments.js';
import {
  type Point,
  SCALE_AT,
  SMOOTHED_AT,
  TAIL_AT,
  TAIL_EVIDENCE_AT,
  ZSCORE_AT,
  ZSCORE_EVIDENCE_AT,
} from './point.js';
import {
  isWarm,
  momentsAt,
  RING_POINTS,
  SCALE_CELL,
  type SeriesState,
  SMOOTHED_CELL,
} from './series-state.js';
import { hasTail, measureTail } from './tail-tables.js';
import { shareScale } from './usual-evidence.js';
import { measureWindows } from './window-figures.js';

/** A tail surprise counts as evidence up to here: odds of 1 to 10^13, beyond which more says nothing more. */
export const MOST_SURPRISE = 30;
/** Evidence of a metric of which too little is known to compare with: no evidence is not evidence of nothing. */
export const COLD_EVIDENCE = -1;
/** Rows after which a |z| of the reading counts half in its smoothed value: one odd row among quiet ones weighs less than three. */
export const SMOOTHING_HALF_LIFE = 2;

const SMOOTHING = 1 - 0.5 ** (1 / SMOOTHING_HALF_LIFE);

/** Returns whether the windows of aspect k are full with a point that is not in the ring yet. */
export function isComplete(series: SeriesState, k: number): boolean {
  const { completeAfter } = EVIDENCE_FEATURES[k] as EvidenceFeature;
  return series.filled + 1 >= Math.min(completeAfter, RING_POINTS);
}

/**
 * Writes everything that is said about a point of a series into it: a function of its reading and of the series before it, which it
 * does not change. All finite. Allocates nothing. O(longest window).
 *
 * Evidence of a method = mean over the aspects that are warm: for the z-score |z|, the reading's smoothed and clipped at 30, the others
 * clipped at 8, put on the scale that all metrics share; for the baseline the two-sided tail surprise, clipped at 30. An aspect is warm when its window is full and its
 * reference knows 30 points (z), or the baseline in use has its distribution (tail); without a warm aspect the evidence is {@link COLD_EVIDENCE}.
 * @param baseline the published baseline in use, null when there is none
 */
export function measureSeries(series: SeriesState, baseline: PublishedBaseline | null, point: Point): void {
  point[SCALE_AT] = series.cells[SCALE_CELL] as number;
  measureWindows(series, point);
  compareWithHistory(series, point);
  compareWithBaseline(series, baseline, point);
}

/** z of every aspect, 0 while it is cold, their evidence, and the smoothed |z|. */
function compareWithHistory(series: SeriesState, point: Point): void {
  const { cells } = series;
  let evidence = 0;
  let compared = 0;
  point[SMOOTHED_AT] = cells[SMOOTHED_CELL] as number;
  for (let k = 0; k < FEATURE_COUNT; k++) {
    point[ZSCORE_AT + k] = 0;
    if (!isComplete(series, k) || !isWarm(series, k)) continue;
    measureDeviation(cells, momentsAt(k), k, point);
    const { mostDeviations } = EVIDENCE_FEATURES[k] as EvidenceFeature;
    let size = Math.min(mostDeviations, Math.abs(point[ZSCORE_AT + k] as number));
    if (k === 0) {
      const smoothed = cells[SMOOTHED_CELL] as number;
      size = smoothed + SMOOTHING * (size - smoothed);
      point[SMOOTHED_AT] = size;
    }
    evidence += size;
    compared++;
  }
  point[ZSCORE_EVIDENCE_AT] = COLD_EVIDENCE;
  if (compared === 0) return;
  point[ZSCORE_EVIDENCE_AT] = evidence / compared;
  shareScale(cells, point);
}

/** Tail surprise of every aspect, 0 without a distribution, and their evidence. */
function compareWithBaseline(series: SeriesState, baseline: PublishedBaseline | null, point: Point): void {
  let evidence = 0;
  let compared = 0;
  for (let k = 0; k < FEATURE_COUNT; k++) {
    point[TAIL_AT + k] = 0;
    if (baseline === null || !isComplete(series, k) || !hasTail(baseline.tails, k)) continue;
    measureTail(baseline.tails, k, point);
    evidence += Math.min(MOST_SURPRISE, point[TAIL_AT + k] as number);
    compared++;
  }
  point[TAIL_EVIDENCE_AT] = COLD_EVIDENCE;
  if (compared > 0) point[TAIL_EVIDENCE_AT] = evidence / compared;
}
