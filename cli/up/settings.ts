import { settingsTable } from '../../common/config.js';

/** Settings of `tidewatch up`. */
export const upSettings = settingsTable({
  TIDEWATCH_PORT: {
    type: 'integer',
    min: 0,
    max: 65_535,
    default: 8_080,
    description: 'Port of the overview of all processes (health, readiness, addresses); 0 takes a free one.',
  },
  UP_SUMMARY_MS: {
    type: 'integer',
    unit: 'ms',
    min: 250,
    max: 3_600_000,
    default: 1_000,
    description:
      'Time between two summaries on a terminal; ten times as long when the output is no terminal.',
  },
});
