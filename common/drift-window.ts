import { settingsTable } from './config.js';

/** Length of the drift window: training builds its references for it, the drift processor compares with it. */
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
