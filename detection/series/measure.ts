import type { PublishedBaseline } from './baseline.js';
import { EVIDENCE_FEATURES, type EvidenceFeature, FEATURE_COUNT } from './evidence-features.js';
import { longRunDeviations } from './long-run-moments.js';
import { isWarm, momentsAt, RING_POINTS, type SeriesState, WARM_UP_POINTS } from './series-state.js';
import { hasTail, tailSurprise } from './tail-tables.js';
import { deviationAt, FIGURES, measureWindows, STEP_AT, type Window } from './window-figures.js';

/** |z| is clipped here, to stay finite. It counts as evidence up to 30; explanations rank by what lies beyond. */
export const MAX_ZSCORE = 1e6;
/** A tail surprise counts as evidence up to here: odds of 1 to 10^13, beyond which more says nothing more. */
export const MOST_SURPRISE = 30;
/** Evidence of a metric of which too little is known to compare with: no evidence is not evidence of nothing. */
export const COLD_EVIDENCE = -1;
/** Rows after which a |z| of the reading counts half in its smoothed value: one odd row among quiet ones weighs less than three. */
export const SMOOTHING_HALF_LIFE = 2;

const SMOOTHING = 1 - 0.5 ** (1 / SMOOTHING_HALF_LIFE);

/** Places in what {@link measureSeries} writes, behind the figures of the windows: one z and one tail surprise per aspect, ... */
export const ZSCORE_AT = FIGURES;
export const TAIL_AT = ZSCORE_AT + FEATURE_COUNT;
/** ... the evidence of both methods, and the smoothed |z| of the reading as it stands with this point. */
export const ZSCORE_EVIDENCE_AT = TAIL_AT + FEATURE_COUNT;
export const TAIL_EVIDENCE_AT = ZSCORE_EVIDENCE_AT + 1;
export const SMOOTHED_AT = TAIL_EVIDENCE_AT + 1;
/** How many numbers there are about one point. */
export const MEASURES = SMOOTHED_AT + 1;

/** Returns whether an aspect's windows are full with a point that is not in the ring yet. */
export function isComplete(series: SeriesState, { completeAfter }: EvidenceFeature): boolean {
  return series.filled + 1 >= Math.min(completeAfter, RING_POINTS);
}

/** Returns an aspect's value, out of the figures of the windows. */
export function featureValue(k: number, x: number, measures: Float64Array): number {
  const { suffix, window } = EVIDENCE_FEATURES[k] as EvidenceFeature;
  if (suffix === '') return x;
  return measures[suffix === 'OfStep' ? STEP_AT : deviationAt(window as Window)] as number;
}

/**
 * Writes everything that is said about the point `x` of a series to the first MEASURES places of `out`: a function of the series before
 * the point, which it does not change. All finite. Allocates nothing. O(longest window).
 *
 * Evidence of a method = mean over the aspects that are warm: for the z-score |z|, the reading's smoothed and clipped at 30, the others
 * clipped at 8; for the baseline the two-sided tail surprise, clipped at 30. An aspect is warm when its window is full and its
 * reference knows 30 points (z), or the baseline in use has its distribution (tail); without a warm aspect the evidence is {@link COLD_EVIDENCE}.
 * @param x finite, |x| <= 1e150
 * @param baseline the published baseline in use, null when there is none
 */
export function measureSeries(
  series: SeriesState,
  x: number,
  baseline: PublishedBaseline | null,
  out: Float64Array,
): void {
  measureWindows(series, x, out);
  let deviations = 0;
  let compared = 0;
  let surprise = 0;
  let surprised = 0;
  out[SMOOTHED_AT] = series.smoothed;
  for (let k = 0; k < FEATURE_COUNT; k++) {
    const complete = isComplete(series, EVIDENCE_FEATURES[k] as EvidenceFeature);
    const value = featureValue(k, x, out);
    const z = complete ? zscore(series, k, value) : 0;
    out[ZSCORE_AT + k] = z;
    if (complete && isWarm(series, k)) {
      deviations += evidenceOf(series, k, z, out);
      compared++;
    }
    const hasDistribution = complete && baseline !== null && hasTail(baseline.tails, k);
    const tail = hasDistribution ? tailSurprise(baseline.tails, k, value) : 0;
    out[TAIL_AT + k] = tail;
    if (!hasDistribution) continue;
    surprise += Math.min(MOST_SURPRISE, tail);
    surprised++;
  }
  out[ZSCORE_EVIDENCE_AT] = compared === 0 ? COLD_EVIDENCE : deviations / compared;
  out[TAIL_EVIDENCE_AT] = surprised === 0 ? COLD_EVIDENCE : surprise / surprised;
}

/**
 * Returns the signed distance of an aspect's value from its long-run mean in long-run standard deviations, clipped to +-10^6; 0 until
 * {@link WARM_UP_POINTS} values are known.
 */
export function zscore(series: SeriesState, k: number, value: number): number {
  if (!isWarm(series, k)) return 0;
  const z = longRunDeviations(series.cells, momentsAt(k), value, series.scale);
  return Math.max(-MAX_ZSCORE, Math.min(MAX_ZSCORE, z));
}

function evidenceOf({ smoothed }: SeriesState, k: number, z: number, out: Float64Array): number {
  const size = Math.min((EVIDENCE_FEATURES[k] as EvidenceFeature).mostDeviations, Math.abs(z));
  if (k > 0) return size;
  const next = smoothed + SMOOTHING * (size - smoothed);
  out[SMOOTHED_AT] = next;
  return next;
}
