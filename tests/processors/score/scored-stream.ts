import { createScorer, type ScorerOptions } from '../../../processors/score/core.js';
import { compileModel, type ScoringModel } from '../../../processors/score/model.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import type { Prediction } from '../../../schemas/prediction.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

/** Events of the stream that its model is trained on. */
export const TRAINED_ON = 1500;
/** The event at which memory jumps by 80. */
export const SPIKE = TRAINED_ON + 100;
/** One host of three metrics that share a cause, and one spike. */
export const stream = simulateFeatures({
  seed: 3,
  events: TRAINED_ON + 200,
  group: 'web',
  disturb: (event, values) => {
    if (event === SPIKE) values[1] = (values[1] ?? 0) + 80;
  },
});
/** The model of the first part of the stream, as it is published. */
export const record = trainedModel(stream.slice(0, TRAINED_ON));
/** The part of the stream that the model has not seen. */
export const live = stream.slice(TRAINED_ON);

/** Makes a version ready to score; fails the test when it is refused. */
export function compiled(version: ModelVersion): ScoringModel {
  const result = compileModel(version);
  if (!result.ok) throw new Error(result.reason);
  return result.model;
}

export const model = compiled(record);

/** Returns a scorer that explains every event and checks each explanation, but for `options`. */
export function scorerWith(
  current: (group: string) => ScoringModel | null,
  options: Partial<Omit<ScorerOptions, 'models'>> = {},
) {
  return createScorer({
    models: { current },
    mode: 'mean',
    explain: 'all',
    explainMetrics: 8,
    explainEvery: 100,
    additivityEvery: 1,
    ...options,
  });
}

/** Scores events in one batch. */
export function score(
  events: readonly FeatureEvent[],
  current: (group: string) => ScoringModel | null,
): Prediction[] {
  return scorerWith(current).scoreBatch(events);
}

/** Median of a statistic on the training host, where the forest reads it. */
export function centreOf(metric: string | undefined, { name, window }: { name: string; window: number }) {
  const place = record.features.findIndex(
    (feature) => feature.metric === metric && feature.statistic === name && feature.window === window,
  );
  return record.scaling[0]?.centres[place];
}

/** Returns an event that has only some of its metrics. */
export function keepMetrics(event: FeatureEvent, keep: readonly string[]): FeatureEvent {
  const pick = <T>(list: readonly T[]): T[] =>
    list.filter((_, i) => keep.includes(event.metrics[i] as string));
  return {
    ...event,
    metrics: pick(event.metrics),
    values: pick(event.values),
    statistics: event.statistics.map((statistic) => ({ ...statistic, values: pick(statistic.values) })),
    baseline: event.baseline && {
      version: pick(event.baseline.version),
      mean: pick(event.baseline.mean),
      standardDeviation: pick(event.baseline.standardDeviation),
      p99: pick(event.baseline.p99),
    },
  };
}

/** Returns an item that is there; fails the test when it is not. */
export const at = <T>(list: readonly T[], place: number): T => {
  const item = list[place];
  if (item === undefined) throw new Error(`nothing at ${place}`);
  return item;
};
/** Signed z of each reading of an event. */
export const zscoresOf = (event: FeatureEvent) =>
  event.statistics.find(({ name, window }) => name === 'zscore' && window === 0)?.values ?? [];
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
