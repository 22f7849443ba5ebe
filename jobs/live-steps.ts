import type { FeatureEvent } from '../schemas/feature-event.js';
import type { MetricEvent } from '../schemas/metric-event.js';
import type { ModelVersion } from '../schemas/model-version.js';
import type { Prediction } from '../schemas/prediction.js';
import type { TrainingRow } from './training-row.js';

/** A model, or why there is none and how many rows are missing. */
export type TrainedModel =
  | { readonly ok: true; readonly model: ModelVersion }
  | { readonly ok: false; readonly missing: number; readonly reason: string };

/** The scorer of the live system. */
export interface LiveScorer {
  /** Scores by this model from now on. Throws BAD_MODEL with the scorer's own reason when it refuses it. */
  use(model: ModelVersion): void;
  /** One prediction per event, in their order: a function of the event and the model. */
  scoreBatch(events: readonly FeatureEvent[]): readonly Prediction[];
}

/** The continuous trainer of the live system. */
export interface LiveTrainer {
  observe(feature: FeatureEvent): void;
  /** Trains when it is due; null when it is not. */
  trainNext(created: number): TrainedModel | null;
}

/**
 * The steps of the live system. Jobs never import processors: the command, which may import everything, hands over the very functions that
 * `process window+score` and the trainer run, so that there is one implementation of a verdict.
 */
export interface LiveSteps {
  /** Returns the window of one host without history: the feature of each event, in their order. */
  openWindow(): (event: MetricEvent, offset: number) => FeatureEvent;
  openScorer(): LiveScorer;
  openTrainer(): LiveTrainer;
  /** Trains on rows, oldest first. */
  train(rows: readonly TrainingRow[], group: string, created: number): TrainedModel;
}
