import { type Settings, settingsTable } from '../../common/config.js';

/** Settings of an evaluation. */
export const evaluateSettings = settingsTable({
  EVALUATE_MAX_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 200,
    max: 1_000_000,
    default: 5_000,
    description:
      'Rows of the file that are disturbed and scored in every scenario; the newest, or with labels the stretch with most incidents.',
  },
  EVALUATE_HISTORY_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 100,
    max: 1_000_000,
    default: 1_500,
    description: 'Rows before them, undisturbed, that the windows learn from in every scenario.',
  },
  EVALUATE_SEED: {
    type: 'integer',
    min: 0,
    max: 4_294_967_295,
    default: 1,
    description:
      'Seed of noise and outliers: the same seed, model and file give the same report, times aside.',
  },
  EVALUATE_MIN_AGREEMENT: {
    type: 'number',
    min: 0,
    max: 1,
    default: null,
    description:
      'Least share of verdicts that stay as they are under noise and without any one metric; below it the exit code is 1.',
  },
  EVALUATE_MIN_ROC_AUC: {
    type: 'number',
    min: 0,
    max: 1,
    default: null,
    description: 'Least ROC-AUC of the undisturbed rows, by labels; below it the exit code is 1.',
  },
  EVALUATE_MIN_F1: {
    type: 'number',
    min: 0,
    max: 1,
    default: null,
    description:
      'Least F1 of the undisturbed scores at their boundary, by labels; below it the exit code is 1.',
  },
  EVALUATE_MAX_P99_US: {
    type: 'number',
    unit: 'us',
    min: 1,
    max: 1e9,
    default: null,
    description: 'Longest 99 % quantile of the time for one event; above it the exit code is 1.',
  },
});

export type EvaluateSettings = Settings<typeof evaluateSettings>;
