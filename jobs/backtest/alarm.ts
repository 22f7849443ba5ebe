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
  /** Says whether the boundary of the verdicts to come is a settled one: that of a full training. At first it is not. */
  settle(isSettled: boolean): void;
}

/**
 * Returns the alarm column of a stream. Its floor is the boundary of whatever model scored: the shown score 0.5. Without a model, or with a
 * provisional one, that boundary is a guess which a whole quiet day may exceed: until it is settled, an alarm is an anomaly.
 */
export function createAlarmColumn(settings: AdaptiveThresholdSettings): AlarmColumn {
  const threshold = createAdaptiveThreshold(settings);
  let isSettled = false;
  return {
    judge: ({ warmingUp, score, isAnomaly }) =>
      isSettled ? !warmingUp && threshold.judge(excessOf(score)) : isAnomaly,
    settle: (settled) => {
      isSettled = settled;
    },
  };
}
