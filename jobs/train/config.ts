import { type Settings, settingsTable } from '../../common/config.js';

/** Settings of training, for the job and for the continuous trainer. */
export const trainSettings = settingsTable({
  TRAIN_TREES: {
    type: 'integer',
    min: 1,
    max: 10_000,
    default: 100,
    unit: 'trees',
    description: 'Trees of the isolation forest.',
  },
  TRAIN_SUBSAMPLE: {
    type: 'integer',
    min: 2,
    max: 65_536,
    default: 1024,
    unit: 'rows',
    description:
      'Rows that each tree is grown from; half of the training rows when there are fewer than twice as many.',
  },
  TRAIN_CONTAMINATION: {
    type: 'number',
    min: 0,
    max: 0.5,
    default: 0.015,
    description: 'Share of the training rows that the alarm boundary leaves above it.',
  },
  TRAIN_SEED: {
    type: 'integer',
    min: 0,
    max: 4_294_967_295,
    default: 1,
    description: 'Seed of the forest: the same seed and rows give the same model, bit for bit.',
  },
  TRAIN_MIN_ROWS: {
    type: 'integer',
    min: 50,
    max: 10_000,
    default: 50,
    unit: 'rows',
    description: 'Warm rows that a first model needs; fewer are refused.',
  },
  TRAIN_MAX_ROWS: {
    type: 'integer',
    min: 1_000,
    max: 1_000_000,
    default: 10_000,
    unit: 'rows',
    description:
      'Newest rows of a group that a training reads; with more than 100 metrics a row fewer of them, for their memory.',
  },
  TRAIN_MEMORY_MIB: {
    type: 'integer',
    min: 16,
    max: 65_536,
    default: 256,
    unit: 'MiB',
    description:
      'Memory for the rows of all groups together: some 0.1 kB a reading, so that 14 groups of 3 metrics or 4 of 38 keep 10,000 rows each; beyond it the largest groups keep fewer.',
  },
  TRAIN_REFERENCE_MEMORY_MIB: {
    type: 'integer',
    min: 1,
    max: 65_536,
    default: 1024,
    unit: 'MiB',
    description:
      'Memory for the readings that wait for a drift reference: at most 216 kB per host and metric with hour blocks, so that 4,900 wait at a time and others begin when these have theirs.',
  },
  TRAIN_INTERVAL_MS: {
    type: 'integer',
    min: 60_000,
    max: 31_536_000_000,
    default: 86_400_000,
    unit: 'ms',
    description: 'Append time between two trainings of a group that has reached its full number of rows.',
  },
  TRAIN_GIT_COMMIT: {
    type: 'string',
    default: null,
    description:
      'Commit of Tidewatch that model versions name; unset: that of the checkout, nothing where there is none (an image).',
  },
});

export type TrainSettings = Settings<typeof trainSettings>;
