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
  HISTORY_MAX_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 1,
    max: 100_000_000,
    default: 1_000_000,
    description: 'Most buckets that the range may have: more are refused before anything is read.',
  },
  HISTORY_MAX_AVERAGES: {
    type: 'integer',
    min: 1,
    max: 1_000_000_000,
    default: 10_000_000,
    description:
      'Most averages that are held, one per bucket, host and metric (also where a bucket lacks some), of 22 bytes (38 metrics) to 72 (3): where there are more the job ends, and nothing is written.',
  },
});

/** Values of {@link historySettings}. */
export type HistorySettings = Settings<typeof historySettings>;
