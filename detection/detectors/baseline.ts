import { type Detector, requireRoom } from './detector.js';
import { createStatisticReader, type FeatureView, type StatisticKey } from './feature-view.js';
import { rankingEvidence, strongestMean } from './strongest.js';

/** Two-sided tail surprise of the reading against the last published baseline of its series, -log of the probability. */
export const TAIL: StatisticKey = { name: 'tail', window: 0 };

/**
 * Returns the baseline method: the mean of the three largest tail surprises of an event's metrics, 0 to 30. Scale-free,
 * because ranks are. Warm once any metric of the event has a published baseline; metrics without one weigh 0.
 */
export function createBaselineDetector(): Detector {
  const read = createStatisticReader(TAIL);
  const isWarm = (view: FeatureView): boolean => hasBaseline(view) && read(view).length > 0;
  return {
    name: 'baseline',
    isWarm,
    score: (view) => (isWarm(view) ? strongestMean(read(view)) : 0),
    evidence: (view, out) => {
      requireRoom(view, out);
      const values = isWarm(view) ? read(view) : [];
      for (let i = 0; i < view.layout.metrics.length; i += 1) out[i] = rankingEvidence(values[i]);
    },
  };
}

function hasBaseline({ event }: FeatureView): boolean {
  const versions = event.baseline?.version ?? [];
  for (let i = 0; i < versions.length; i += 1) if ((versions[i] as number) > 0) return true;
  return false;
}
