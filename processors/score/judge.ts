import {
  type Consensus,
  type ConsensusMode,
  createConsensus,
  type MethodReading,
} from '../../detection/consensus/consensus.js';
import { defaultCalibration } from '../../detection/consensus/default-calibration.js';
import { scoreWithNews } from '../../detection/consensus/news.js';
import { prefixesOf } from '../../detection/consensus/prefixes.js';
import type { Detector } from '../../detection/detectors/detector.js';
import { createStatisticReader, type StatisticKey } from '../../detection/detectors/feature-view.js';
import { ANOMALY_DEVIATIONS, isReadingOff } from '../../detection/detectors/reading-off.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import type { ScoringModel } from './model.js';
import type { ScoringRow } from './scoring-row.js';

/** Kept of hosts that have one warm metric: what their score says of news. */
const NOVELTY: StatisticKey = { name: 'novelty', window: 0 };

/** Writes the verdict into a row whose forest score is known: a function of the event and the model, null before the first. */
export type Judge = (row: ScoringRow, model: ScoringModel | null) => void;

/** Returns a judge over these methods and the forest. Only an event with a reading that is itself off can be an anomaly. */
export function createJudge(detectors: readonly Detector[], mode: ConsensusMode): Judge {
  const readNovelty = createStatisticReader(NOVELTY);
  const readZscores = createStatisticReader(ZSCORE);
  const consensusOf = createConsensusCache(mode);
  const room = Array.from({ length: detectors.length + 1 }, () => new WrittenReading());
  const readings = prefixesOf(room);
  return (row, model) => {
    let warm = 0;
    for (const detector of detectors) {
      if (!detector.isWarm(row)) continue;
      const reading = room[warm++] as WrittenReading;
      reading.name = detector.name;
      reading.raw = detector.score(row);
    }
    if (model !== null && model.inputs.presentIn(row) > 0) {
      const reading = room[warm++] as WrittenReading;
      reading.name = 'iforest';
      reading.raw = row.forestScore;
    }
    const mayAlarm = !row.event.warmingUp && isReadingOff(readZscores(row), ANOMALY_DEVIATIONS);
    const consensus = consensusOf(model, row.event.metrics.length);
    row.verdict = consensus.decide(readings[warm] as readonly WrittenReading[], mayAlarm, row.verdictRoom);
    addNews(row, readNovelty(row));
  };
}

/**
 * The verdict lies in the row's own room. Whether the event is an anomaly stays the consensus's word. At most one metric of an event has a novelty; where none
 * has, nothing is called: two numbers that cross a call are two on the heap.
 */
function addNews({ verdictRoom: { verdict } }: ScoringRow, novelties: ArrayLike<number>): void {
  for (let j = 0; j < novelties.length; j++)
    if ((novelties[j] as number) >= 0) verdict.score = scoreWithNews(verdict.score, novelties[j] as number);
}

/** Written again for every event; a class for the reason that `newVerdict` names. */
class WrittenReading implements MethodReading {
  name = '';
  raw = 0.5;
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
