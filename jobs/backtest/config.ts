import { settingsTable } from '../../common/config.js';

/** Settings of the backtest's own column `alarm`. */
export const backtestSettings = settingsTable({
  BACKTEST_ALARM_QUANTILE: {
    type: 'number',
    min: 0.5,
    max: 0.9999,
    default: 0.985,
    description: 'Quantile of the training scores that the adaptive threshold never falls under.',
  },
  BACKTEST_ALARM_STEP: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.005,
    description: 'Share of that quantile by which one alarm raises the adaptive threshold.',
  },
});
