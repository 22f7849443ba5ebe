import { settingsTable } from '../../common/config.js';

/** Settings of the backtest's own column `alarm`. */
export const backtestSettings = settingsTable({
  BACKTEST_ALARM_QUIET_SHARE: {
    type: 'number',
    min: 0,
    max: 0.5,
    default: 0.015,
    description:
      'Share of quiet rows that may exceed the alarm boundary before the adaptive threshold climbs above it.',
  },
  BACKTEST_ALARM_STEP: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.005,
    description: 'Share of the alarm boundary by which a row of an alarm raises the adaptive threshold.',
  },
  BACKTEST_ALARM_HOLD: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.6,
    description:
      'An alarm lasts while the score is above this share of the adaptive threshold; 1 ends it at the threshold itself.',
  },
});
