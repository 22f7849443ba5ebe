import {
  type Consensus,
  type ConsensusMode,
  createConsensus,
  type MethodReading,
  type Verdict,
} from '../../detection/consensus/consensus.js';
import { defaultCalibration } from '../../detection/consensus/default-calibration.js';
import type { Detector } from '../../detection/detectors/detector.js';
import { createStatisticReader, type FeatureView } from '../../detection/detectors/feature-view.js';
import { ANOMALY_DEVIATIONS, isReadingOff } from '../../detection/detectors/reading-off.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import { anomalyScore } from '../../detection/isolation-forest/forest.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ScoringModel } from './model.js';

/** What the forest has to say about an event. */
export interface ForestReading {
  /** null before the first model. */
  readonly model: ScoringModel | null;
  /** Mean path length of the event, edges; unused without a model. */
  readonly pathLength: number;
}

/** Returns the verdict on one event: a function of the event and the model. */
export type Judge = (event: FeatureEvent, view: FeatureView, forest: ForestReading) => Verdict;

/** Returns a judge over these methods and the forest. Only an event with a reading that is itself off can be an anomaly. */
export function createJudge(detectors: readonly Detector[], mode: ConsensusMode): Judge {
  const readZscores = createStatisticReader(ZSCORE);
  const consensusOf = createConsensusCache(mode);
  return (event, view, { model, pathLength }) => {
    const readings: MethodReading[] = [];
    for (const detector of detectors) {
      if (detector.isWarm(view)) readings.push({ name: detector.name, raw: detector.score(view) });
    }
    if (model !== null && model.inputs.presentIn(view) > 0)
      readings.push({ name: 'iforest', raw: anomalyScore(pathLength, model.forest.subsampleSize) });
    const mayAlarm = !event.warmingUp && isReadingOff(readZscores(view), ANOMALY_DEVIATIONS);
    return consensusOf(model, event.metrics.length).decide(readings, mayAlarm);
  };
}

/** A model's consensus, or without a model the default one for the event's number of metrics; each is built once. */
function createConsensusCache(
  mode: ConsensusMode,
): (model: ScoringModel | null, metricCount: number) => Consensus {
  const ofModel = new WeakMap<ScoringModel, Consensus>();
  const ofCount = new Map<number, Consensus>();
  return (model, metricCount) => {
    const known = model === null ? ofCount.get(metricCount) : ofModel.get(model);
    if (known !== undefined) return known;
    const consensus = createConsensus({ ...(model ?? defaultCalibration(metricCount)), mode });
    if (model === null) ofCount.set(metricCount, consensus);
    else ofModel.set(model, consensus);
    return consensus;
  };
}
