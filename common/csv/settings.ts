import { type Settings, settingsTable } from '../config.js';
import type { RowTimes } from './csv-rows.js';

/** Times of the rows of a file that has none: the same for a replay and for the backtest that it is compared with. */
export const csvSettings = settingsTable({
  CSV_START_MS: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 4_102_444_800_000,
    default: 1_704_067_200_000,
    description:
      'Time of the first row of a file without a timestamp column, since 1970; the default is 2024-01-01T00:00:00Z.',
  },
  CSV_INTERVAL_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1,
    max: 86_400_000,
    default: 60_000,
    description: 'Time from row to row of a file without a timestamp column.',
  },
});

/** Returns the times of rows that have none. */
export function rowTimes(settings: Settings<typeof csvSettings>): RowTimes {
  return { startMs: settings.CSV_START_MS, intervalMs: settings.CSV_INTERVAL_MS };
}
