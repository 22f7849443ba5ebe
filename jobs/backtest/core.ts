import type { CsvReading } from '../../common/csv/csv-rows.js';
import { type ReplayIdentity, replayedEvent } from '../../common/csv/replayed-event.js';
import type { AdaptiveThresholdSettings } from '../../detection/consensus/adaptive-threshold.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { Prediction } from '../../schemas/prediction.js';
import type { LiveSteps, TrainedModel } from '../live-steps.js';
import { createAlarmColumn } from './alarm.js';
import { createRowHistory } from './row-history.js';

export interface BacktestOptions {
  readonly steps: LiveSteps;
  readonly identity: ReplayIdentity;
  readonly alarm: AdaptiveThresholdSettings;
  /** Newest rows that a training uses. */
  readonly trainingRows: number;
  /** Whether the stream trains its own models, as the continuous trainer of the live system does. */
  readonly trainsItself: boolean;
}

/** One row's verdict. */
export interface RowVerdict {
  readonly reading: CsvReading;
  /** null for a row without any number: the live system never sees one. */
  readonly prediction: Prediction | null;
  /** The adaptive threshold's word. */
  readonly alarm: boolean;
}

/** A model that was put to use. */
export interface ModelUse {
  /** First row that it scores. */
  readonly fromRow: number;
  readonly model: ModelVersion;
}

/** One stream of rows through window and score. What is known at a row comes from that row and those before it. */
export interface Backtest {
  /** Takes a row of history: it teaches the windows and waits for a training, and gets no verdict. */
  learn(reading: CsvReading): void;
  /** Trains on the history and puts the model to use. */
  trainOnHistory(): TrainedModel;
  /** Puts a model to use from the next row on. Throws BAD_MODEL. */
  use(model: ModelVersion): void;
  /** Takes a row; returns the verdicts that became ready, in the order of the rows. */
  take(reading: CsvReading): readonly RowVerdict[];
  /** Returns the remaining verdicts. */
  finish(): readonly RowVerdict[];
  models(): readonly ModelUse[];
}

/** Rows that are scored together: the forest goes tree by tree through them. The verdicts do not depend on it. */
const BATCH_ROWS = 256;

interface PendingRow {
  readonly reading: CsvReading;
  readonly feature: FeatureEvent | null;
}

/** Returns a backtest without history. */
export function createBacktest(options: BacktestOptions): Backtest {
  const { steps, identity } = options;
  const window = steps.openWindow();
  const scorer = steps.openScorer();
  const trainer = options.trainsItself ? steps.openTrainer() : null;
  const history = createRowHistory(options.trainingRows);
  const alarm = createAlarmColumn(options.alarm);
  const models: ModelUse[] = [];
  let pending: PendingRow[] = [];
  let offset = 0;
  let newest = 0;
  let taken = 0;

  const featureOf = (reading: CsvReading): FeatureEvent | null => {
    if (reading.metrics.length === 0) return null;
    const feature = window(replayedEvent(reading, identity), offset);
    offset += 1;
    newest = Math.max(newest, reading.timestamp);
    history.add(feature);
    return feature;
  };

  const flush = (): RowVerdict[] => {
    const rows = pending;
    pending = [];
    const predictions = scorer.scoreBatch(rows.flatMap(({ feature }) => feature ?? []));
    let next = 0;
    return rows.map(({ reading, feature }) => {
      const prediction = feature === null ? null : (predictions[next++] ?? null);
      return { reading, prediction, alarm: prediction !== null && alarm.judge(prediction) };
    });
  };

  const use = (model: ModelVersion): void => {
    scorer.use(model);
    alarm.settle(!model.provisional);
    models.push({ fromRow: taken, model });
  };

  return {
    models: () => models,
    use,
    finish: flush,
    learn: (reading) => {
      // Rows of the history have identities of their own: those of the test begin at 0 again.
      featureOf({ ...reading, row: -1 - reading.row });
    },
    trainOnHistory: () => {
      const trained = steps.train(history.rows(), identity.group, newest);
      if (trained.ok) use(trained.model);
      return trained;
    },
    take: (reading) => {
      const feature = featureOf(reading);
      pending.push({ reading, feature });
      taken += 1;
      if (feature !== null) trainer?.observe(feature);
      const trained = feature === null ? null : (trainer?.trainNext(newest) ?? null);
      if (trained?.ok !== true) return pending.length < BATCH_ROWS ? [] : flush();
      const ready = flush();
      use(trained.model);
      return ready;
    },
  };
}
