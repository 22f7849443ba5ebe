import {
  type AdaptiveThreshold,
  createAdaptiveThreshold,
} from '../../detection/consensus/adaptive-threshold.js';
import { alarmBoundary } from '../../detection/consensus/boundary.js';
import type { Prediction } from '../../schemas/prediction.js';
import { excessOf } from '../score-excess.js';

export interface AlarmOptions {
  /** Quantile of the training scores that the threshold never falls under, 0.5 to 1. */
  readonly quantile: number;
  /** Share of it that one alarm raises the threshold by. */
  readonly step: number;
}

/** The alarm column: the adaptive threshold over the scores of one stream. */
export interface AlarmColumn {
  /** Returns whether a verdict alarms. Verdicts of warm-up neither alarm nor move the threshold. */
  judge(prediction: Prediction): boolean;
  /** Takes a model's verdicts on its own training rows; without any the model's boundary is the floor. */
  calibrate(training: readonly Prediction[]): void;
}

/** A floor never comes so near to 0 that every tremor alarms; in units of the model's boundary. */
const LEAST_FLOOR = 0.05;

/** Returns the alarm column of a stream, its floor at the boundary of the model. */
export function createAlarmColumn({ quantile, step }: AlarmOptions): AlarmColumn {
  const quietShare = 1 - quantile;
  const threshold: AdaptiveThreshold = createAdaptiveThreshold({ floor: 1, quietShare, step });
  return {
    judge: (prediction) => !prediction.warmingUp && threshold.judge(excessOf(prediction.score)),
    calibrate: (training) => {
      const scores = Float64Array.from(training, ({ score }) => excessOf(score));
      threshold.rebase(scores.length === 0 ? 1 : Math.max(LEAST_FLOOR, alarmBoundary(scores, quietShare)));
    },
  };
}
