import { settingsTable } from './config.js';

/** Length of the drift window: training builds its references for it, and the drift processor takes it from them. */
export const driftWindowSettings = settingsTable({
  DRIFT_BLOCK_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1_000,
    max: 86_400_000,
    default: 3_600_000,
    description: 'Length of a block of append time in a drift window; a demo uses seconds.',
  },
  DRIFT_WINDOW_BLOCKS: {
    type: 'integer',
    unit: 'blocks',
    min: 4,
    max: 1_000,
    default: 24,
    description:
      'Blocks in a drift window; 24 of an hour cover the daily rhythm. References need five windows of history.',
  },
});

/** Rows of a drift window: training and the drift processor must ask for the same number, or one of them compares what the other refused. */
export const driftRowsSettings = settingsTable({
  DRIFT_MIN_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 1,
    max: 65_535,
    default: 100,
    description:
      'Rows that a drift window needs, both to be compared and to count in a reference; fewer than a window of your hosts holds.',
  },
});
