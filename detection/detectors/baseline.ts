import type { Detector } from './detector.js';
import { createEvidenceDetector } from './evidence-detector.js';
import type { StatisticKey } from './feature-view.js';

/** Two-sided tail surprise of the reading against the last published baseline of its series, -log of the probability. */
export const TAIL: StatisticKey = { name: 'tail', window: 0 };
/** Evidence of a metric: mean tail surprise of its reading and of how much it moves; see detection/series/measure.ts. */
export const TAIL_EVIDENCE: StatisticKey = { name: 'tailEvidence', window: 0 };

/**
 * Returns the baseline method: the mean of the three largest evidences of an event's metrics, 0 to 30. Scale-free,
 * because ranks are. Warm once any metric of the event has a published baseline; metrics without one are left out.
 */
export function createBaselineDetector(): Detector {
  return createEvidenceDetector('baseline', { evidence: TAIL_EVIDENCE, reading: TAIL });
}
