import {
  type AdaptiveThresholdSettings,
  createAdaptiveThreshold,
} from '../../detection/consensus/adaptive-threshold.js';
import type { Prediction } from '../../schemas/prediction.js';
import { excessOf } from '../score-excess.js';

/** The alarm column: the adaptive threshold over the scores of one stream. */
export interface AlarmColumn {
  /** Returns whether a verdict alarms. Verdicts of warm-up neither alarm nor move the threshold. */
  judge(prediction: Prediction): boolean;
}

/** Returns the alarm column of a stream. Its floor is the boundary of whatever model scored: the shown score 0.5. */
export function createAlarmColumn(settings: AdaptiveThresholdSettings): AlarmColumn {
  const threshold = createAdaptiveThreshold(settings);
  return { judge: ({ warmingUp, score }) => !warmingUp && threshold.judge(excessOf(score)) };
}
