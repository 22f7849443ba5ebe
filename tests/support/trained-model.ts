import { type TrainOptions, train } from '../../jobs/train/core.js';
import type { TrainingRow } from '../../jobs/training-row.js';
import type { ModelVersion } from '../../schemas/model-version.js';

/** Options of a small, quick training. */
export const SMALL_TRAINING: TrainOptions = {
  group: 'web',
  created: 1_800_000_000_000,
  seed: 1,
  trees: 30,
  subsampleSize: 64,
  contamination: 0.01,
  minimumRows: 50,
  maximumRows: 10_000,
  parent: null,
  drift: { blockMs: 3_600_000, windowBlocks: 24 },
};

/** Returns the model of the rows; fails the test when training refuses them. */
export function trainedModel(
  rows: readonly TrainingRow[],
  options: Partial<TrainOptions> = {},
): ModelVersion {
  const trained = train(rows, { ...SMALL_TRAINING, ...options });
  if (!trained.ok) throw new Error(trained.reason);
  return trained.model;
}
