import type { CsvReading } from '../../common/csv/csv-rows.js';
import { type ReplayIdentity, replayedEvent } from '../../common/csv/replayed-event.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { Prediction } from '../../schemas/prediction.js';
import type { LiveSteps } from '../live-steps.js';

/** What is known of each row of a scenario, in their order. */
export interface Verdicts {
  /** 0 to 1, 0.5 is the alarm boundary; 0 for a row without any number, which the live system never sees. */
  readonly scores: Float64Array;
  /** 0 or 1. */
  readonly alarms: Uint8Array;
  /** The metric with the largest share of the evidence; '' without evidence. */
  readonly leading: readonly string[];
}

export interface ScoringOptions {
  readonly steps: Pick<LiveSteps, 'openWindow' | 'openScorer'>;
  readonly model: ModelVersion;
  readonly identity: ReplayIdentity;
  /** Rows that the windows learn from first. */
  readonly history: readonly CsvReading[];
}

const BATCH_ROWS = 256;

/** Returns the verdicts of the live steps on rows, after a history; O((history + rows) x metrics). Throws BAD_MODEL. */
export function verdictsOf(rows: readonly CsvReading[], options: ScoringOptions): Verdicts {
  const scorer = options.steps.openScorer();
  scorer.use(options.model);
  const featureOf = featureReader(options);
  const scores = new Float64Array(rows.length);
  const alarms = new Uint8Array(rows.length);
  const leading = new Array<string>(rows.length).fill('');
  let batch: { readonly place: number; readonly feature: FeatureEvent }[] = [];
  const flush = (): void => {
    const predictions = scorer.scoreBatch(batch.map(({ feature }) => feature));
    predictions.forEach((prediction, i) => {
      const place = batch[i]?.place ?? 0;
      scores[place] = prediction.score;
      alarms[place] = Number(prediction.isAnomaly);
      leading[place] = leadingMetric(prediction);
    });
    batch = [];
  };
  rows.forEach((row, place) => {
    const feature = featureOf(row);
    if (feature !== null) batch.push({ place, feature });
    if (batch.length === BATCH_ROWS) flush();
  });
  flush();
  return { scores, alarms, leading };
}

/** Returns what turns rows into features, its windows filled with the history; null for a row without any number. */
export function featureReader({
  steps,
  identity,
  history,
}: Omit<ScoringOptions, 'model'>): (row: CsvReading) => FeatureEvent | null {
  const window = steps.openWindow();
  let offset = 0;
  const read = (row: CsvReading): FeatureEvent | null => {
    if (row.metrics.length === 0) return null;
    const feature = window(replayedEvent({ ...row, row: offset }, identity), offset);
    offset += 1;
    return feature;
  };
  for (const row of history) read(row);
  return read;
}

function leadingMetric({ metrics, contributions }: Prediction): string {
  let best = -1;
  contributions.forEach((share, i) => {
    if (share > (contributions[best] ?? 0)) best = i;
  });
  return metrics[best] ?? '';
}
