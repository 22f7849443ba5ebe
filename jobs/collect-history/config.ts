import { type Settings, settingsTable } from '../../common/config.js';

/** Settings of collected history. */
export const historySettings = settingsTable({
  HISTORY_SOURCE: {
    type: 'choice',
    choices: ['topic', 'influxdb'],
    default: 'topic',
    description: 'Where history is read: the metrics topic (as long as retention keeps it), or InfluxDB.',
  },
  HISTORY_HOURS: {
    type: 'number',
    unit: 'hours',
    min: 0.01,
    max: 87_600,
    default: 24,
    description: 'How far back history goes, by event time.',
  },
  HISTORY_BUCKET_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1,
    max: 86_400_000,
    default: 60_000,
    description: 'Length of the buckets that are averaged; a row of the file is one of them.',
  },
});

/** Values of {@link historySettings}. */
export type HistorySettings = Settings<typeof historySettings>;
