import type { Detector } from './detector.js';
import { createEvidenceDetector } from './evidence-detector.js';
import type { StatisticKey } from './feature-view.js';

/** Signed distance of the reading from the gated long-run mean of its series, in long-run deviations. */
export const ZSCORE: StatisticKey = { name: 'zscore', window: 0 };
/** Evidence of a metric: mean |z| of its reading (smoothed) and of how much it moves, each clipped; see detection/series/measure.ts. */
export const ZSCORE_EVIDENCE: StatisticKey = { name: 'zscoreEvidence', window: 0 };

/**
 * Returns the z-score method: the mean of the three largest evidences of an event's metrics, 0 to 30. Scale-free, because the
 * statistic is. Warm once any metric of the event has 30 points.
 */
export function createZscoreDetector(): Detector {
  return createEvidenceDetector('zscore', { evidence: ZSCORE_EVIDENCE, reading: ZSCORE });
}
