import { type Settings, settingsTable } from '../../common/config.js';

const count = (kind: string, usual: number) =>
  ({
    type: 'integer',
    min: 0,
    max: 10_000,
    default: usual,
    description: `Number of injected ${kind}.`,
  }) as const;

/** Settings of generated data. */
export const generateSettings = settingsTable({
  GENERATE_ROWS: {
    type: 'integer',
    unit: 'rows',
    min: 1,
    max: 50_000_000,
    default: 10_080,
    description: 'Rows of the file; the default is a week of minutes.',
  },
  GENERATE_METRICS: {
    type: 'integer',
    min: 1,
    max: 500,
    default: 8,
    description: 'Metrics: eight of a host, then four for each service on it.',
  },
  GENERATE_INTERVAL_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1,
    max: 86_400_000,
    default: 60_000,
    description: 'Time from row to row.',
  },
  GENERATE_START_MS: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 4_000_000_000_000,
    default: 1_704_067_200_000,
    description: 'Time of the first row since 1970; the default is 2024-01-01T00:00:00Z.',
  },
  GENERATE_SEED: {
    type: 'integer',
    min: 0,
    max: 4_294_967_295,
    default: 1,
    description: 'Seed of noise and incidents: the same seed and options give the same bytes.',
  },
  GENERATE_CONTAMINATION: {
    type: 'number',
    min: 0,
    max: 0.5,
    default: 0.03,
    description: 'Share of the rows that lie in incidents; the kinds share it by their usual lengths.',
  },
  GENERATE_CLEAN_SHARE: {
    type: 'number',
    min: 0,
    max: 0.95,
    default: 0.2,
    description: 'Share of the rows at the start that has no incident, to learn from.',
  },
  GENERATE_SPIKES: count('spikes: a short jump upwards', 6),
  GENERATE_TRENDS: count('trends: a slow drift away, then back at once', 1),
  GENERATE_SHIFTS: count('shifts: another level for a while', 2),
  GENERATE_LEAKS: count('leaks: a resource fills up, then is freed', 1),
});

/** Values of {@link generateSettings}. */
export type GenerateSettings = Settings<typeof generateSettings>;
