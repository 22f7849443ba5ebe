import { type Point, ZSCORE_EVIDENCE_AT } from './point.js';
import {
  CALM_EVIDENCE,
  MOST_USUAL_EVIDENCE,
  STRETCH_POINTS,
  UNTAUGHT_CELL,
  USUAL_EVIDENCE_CELL,
} from './series-state.js';

/** One step up: seven in an incident of 700 points, less what the points between take back, make its metric count for 18 % less. */
const RISE = 1.035;
/** One point down: 500 take a step back, so that every fifth stretch of 100 goes beyond what is usual. */
const FALL = 1 - 0.035 / 500;

/**
 * Puts the z-score evidence of a point on a scale that all metrics share: times 2.5 / usual, where `usual` is the evidence beyond which every fifth stretch of 100
 * points goes, between 2.5 and 5. A long-run deviation that never saw a burst at full size calls every burst of a bursty metric strange; a calm metric keeps its evidence.
 */
export function shareScale(cells: Float64Array, point: Point): void {
  const evidence = point[ZSCORE_EVIDENCE_AT] as number;
  if (evidence > 0)
    point[ZSCORE_EVIDENCE_AT] = evidence * (CALM_EVIDENCE / (cells[USUAL_EVIDENCE_CELL] as number));
}

/**
 * Takes the evidence of a point into what is usual: a quantile by stochastic approximation (Robbins and Monro 1951) that asks how often a
 * metric bursts, not for how long or how far. It goes up once in 100 points at most, so that an incident teaches little, and to no
 * more than twice the calm one, however long a state lasts. Cold evidence teaches nothing.
 */
export function learnUsual(cells: Float64Array, point: Point): void {
  const evidence = point[ZSCORE_EVIDENCE_AT] as number;
  if (!(evidence >= 0)) return;
  const untaught = Math.max(0, (cells[UNTAUGHT_CELL] as number) - 1);
  // On the shared scale the usual evidence is the calm one.
  const isTaught = evidence > CALM_EVIDENCE && untaught === 0;
  cells[UNTAUGHT_CELL] = isTaught ? STRETCH_POINTS : untaught;
  const moved = (cells[USUAL_EVIDENCE_CELL] as number) * (isTaught ? RISE : FALL);
  cells[USUAL_EVIDENCE_CELL] = Math.max(CALM_EVIDENCE, Math.min(MOST_USUAL_EVIDENCE, moved));
}
