import { settingsTable } from '../config.js';

/** Settings of the value checks: the same for `job validate` and for the warnings of the window processor. */
export const checkSettings = settingsTable({
  METRIC_RANGES: {
    type: 'list',
    default: null,
    description:
      'Ranges of metrics as name=least..most, where * in a name stands for any text and either end may be left out; they come before the declared ones (percent 0 to 100, rates and sizes 0 or more).',
  },
  CHECK_IQR_WIDTH: {
    type: 'number',
    min: 0.5,
    max: 100,
    default: 3,
    description:
      'Interquartile ranges beyond the quartiles at which a value is an outlier; 3 is far out, 1.5 flags 0.7 % of normal noise.',
  },
  CHECK_GAP_FACTOR: {
    type: 'number',
    min: 1.1,
    max: 1000,
    default: 1.5,
    description:
      'Usual intervals between two events of a host beyond which there is a gap in time (never below a second).',
  },
});
