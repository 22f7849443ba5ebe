import { type Detector, requireRoom } from './detector.js';
import { createStatisticReader, type StatisticKey } from './feature-view.js';
import { rankingEvidence, strongestMean } from './strongest.js';

/** Signed distance of the reading from the gated long-run mean of its series, in long-run deviations. */
export const ZSCORE: StatisticKey = { name: 'zscore', window: 0 };

/**
 * Returns the z-score method: the mean of the three largest |z| of an event's metrics, 0 to 30. Scale-free, because the
 * statistic is. Warm as soon as the event carries the statistic; whether the series itself is warm is the event's flag.
 */
export function createZscoreDetector(): Detector {
  const read = createStatisticReader(ZSCORE);
  return {
    name: 'zscore',
    isWarm: (view) => read(view).length > 0,
    score: (view) => strongestMean(read(view)),
    evidence: (view, out) => {
      requireRoom(view, out);
      const values = read(view);
      for (let i = 0; i < view.layout.metrics.length; i += 1) out[i] = rankingEvidence(values[i]);
    },
  };
}
