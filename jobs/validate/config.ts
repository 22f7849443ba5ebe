import { settingsTable } from '../../common/config.js';

/** Settings of the job's verdict, beside those of the checks themselves (common/checks/settings.ts). */
export const validateSettings = settingsTable({
  VALIDATE_MAX_VIOLATIONS: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.05,
    description:
      'Largest share of rows with a violation (unreadable, out of range, missing, repeated, out of order) that passes.',
  },
  VALIDATE_MIN_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 1,
    max: 1_000_000,
    default: 10,
    description: 'Rows below which nothing is said: quartiles of a handful are none.',
  },
  VALIDATE_HOURS: {
    type: 'number',
    unit: 'hours',
    min: 0.01,
    max: 8_760,
    default: 24,
    description: 'How far back the metrics topic is looked at, by append time.',
  },
});
