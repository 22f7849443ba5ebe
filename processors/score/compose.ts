import type { Verdict } from '../../detection/consensus/consensus.js';
import type { Detector } from '../../detection/detectors/detector.js';
import { createStatisticReader, type FeatureView } from '../../detection/detectors/feature-view.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { createEvidenceShares } from './contributions.js';
import type { ForestExplanation } from './forest-batch.js';
import { reasonsOf } from './why.js';

/** What was found about an event. */
export interface Findings extends ForestExplanation {
  readonly verdict: Verdict;
  /** Version of the model that scored; empty before the first. */
  readonly modelVersion: string;
}

/** Returns a function that writes down what was found about an event, with the reasons that the evidence of these methods gives. */
export function createComposer(
  detectors: readonly Detector[],
): (event: FeatureEvent, view: FeatureView, findings: Findings) => Prediction {
  const evidenceOf = createEvidenceShares(detectors);
  const readZscores = createStatisticReader(ZSCORE);
  return (event, view, { verdict, shap, expectedValue, modelVersion }) => {
    const { metrics } = event;
    const { shares, speaking } = evidenceOf(view);
    return {
      id: event.id,
      host: event.host,
      group: event.group,
      timestamp: event.timestamp,
      sourceOffset: event.sourceOffset,
      metrics,
      values: event.values,
      score: verdict.score,
      isAnomaly: verdict.isAnomaly,
      confidence: verdict.confidence,
      methods: verdict.methods,
      contributions: shares,
      shap,
      expectedValue,
      why: reasonsOf({ metrics, contributions: shares, speaking, shap, zscores: readZscores(view) }),
      modelVersion,
      role: 'production',
      baselineVersion: newestBaseline(event),
      warmingUp: event.warmingUp || verdict.methods.length === 0,
      late: event.late,
      supersedes: null,
    };
  };
}

function newestBaseline({ baseline }: FeatureEvent): number {
  let newest = 0;
  for (const version of baseline?.version ?? []) if (version > newest) newest = version;
  return newest;
}
