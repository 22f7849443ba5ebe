import type { Detector } from '../../detection/detectors/detector.js';
import { createStatisticReader } from '../../detection/detectors/feature-view.js';
import { ZSCORE } from '../../detection/detectors/zscore.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { Prediction } from '../../schemas/prediction.js';
import { createEvidenceShares } from './contributions.js';
import type { ScoringRow } from './scoring-row.js';
import { reasonsOf } from './why.js';

/**
 * Returns a function that writes down what was found about an event, with the shares and reasons that the evidence of these methods gives: always into
 * the same record, which holds until the next call. Only the lists of shares and reasons are new.
 */
export function createRecorder(detectors: readonly Detector[]): (row: ScoringRow) => Prediction {
  const evidenceOf = createEvidenceShares(detectors);
  const readZscores = createStatisticReader(ZSCORE);
  const record = new WrittenPrediction();
  return (row) => {
    const { shares, speaking } = evidenceOf(row);
    const { metrics } = row.event;
    const { shap } = row;
    record.contributions = shares;
    record.why = reasonsOf({ metrics, contributions: shares, speaking, shap, zscores: readZscores(row) });
    writeEvent(record, row.event);
    writeVerdict(record, row);
    return record;
  };
}

function writeEvent(record: WrittenPrediction, event: FeatureEvent): void {
  record.id = event.id;
  record.host = event.host;
  record.group = event.group;
  record.timestamp = event.timestamp;
  record.sourceOffset = event.sourceOffset;
  record.metrics = event.metrics;
  record.values = event.values;
  record.baselineVersion = newestBaseline(event);
  record.late = event.late;
}

function writeVerdict(
  record: WrittenPrediction,
  { event, verdict, modelVersion, shap, expectedValue }: ScoringRow,
): void {
  record.score = verdict.score;
  record.isAnomaly = verdict.isAnomaly;
  record.confidence = verdict.confidence;
  record.methods = verdict.methods;
  record.shap = shap;
  record.expectedValue = expectedValue;
  record.modelVersion = modelVersion;
  record.warmingUp = event.warmingUp || verdict.methods.length === 0;
}

/** Returns a prediction of the caller's, with nothing in it that will be written again. */
export function ownPrediction(prediction: Prediction): Prediction {
  const { methods, shap } = prediction;
  return { ...prediction, methods: methods.map((vote) => ({ ...vote })), shap: shap.slice() };
}

/** A class for the reason that `newVerdict` names. */
class WrittenPrediction implements Prediction {
  id = '';
  host = '';
  group = '';
  timestamp = 0;
  sourceOffset = 0;
  metrics: readonly string[] = [];
  values: readonly number[] = [];
  score = 0.5;
  isAnomaly = false;
  confidence = 0.5;
  methods: Prediction['methods'] = [];
  contributions: readonly number[] = [];
  shap: readonly number[] = [];
  expectedValue = 0.5;
  why: Prediction['why'] = [];
  modelVersion = '';
  readonly role = 'production';
  baselineVersion = 0;
  warmingUp = true;
  late = false;
  readonly supersedes = null;
}

function newestBaseline({ baseline }: FeatureEvent): number {
  if (baseline === null) return 0;
  const { version } = baseline;
  let newest = 0;
  for (let i = 0; i < version.length; i += 1) newest = Math.max(newest, version[i] as number);
  return newest;
}
