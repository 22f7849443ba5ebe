import { type Settings, settingsTable } from '../../common/config.js';
import type { WindowLimits } from './limits.js';

const HOUR_MS = 3_600_000;

/** Settings of the window processor. */
export const windowSettings = settingsTable({
  WINDOW_MAX_SKEW_MS: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 24 * HOUR_MS,
    default: 600_000,
    description:
      'How far an event time may lie after the append time; events beyond it go to the dead letter.',
  },
  WINDOW_BASELINE_MAX_AGE_MS: {
    type: 'integer',
    unit: 'ms',
    min: 2 * HOUR_MS,
    max: 90 * 24 * HOUR_MS,
    default: 24 * HOUR_MS,
    description: 'Age (append time) at which a published baseline is stale and no longer compared with.',
  },
  WINDOW_EVICT_AFTER_MS: {
    type: 'integer',
    unit: 'ms',
    min: 60_000,
    max: 90 * 24 * HOUR_MS,
    default: 24 * HOUR_MS,
    description: 'Silence (append time) after which the state of a host is dropped.',
  },
  WINDOW_SNAPSHOT_EVENTS: {
    type: 'integer',
    unit: 'events',
    min: 1,
    max: 100_000,
    default: 64,
    description: 'Events of a host after which its state is written to the state topic.',
  },
  WINDOW_SNAPSHOT_AGE_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1_000,
    max: HOUR_MS,
    default: 60_000,
    description: 'Age (append time) at which an event that is in no snapshot yet causes one.',
  },
});

/** Returns the limits that the processor works with from its settings. */
export function windowLimits(settings: Settings<typeof windowSettings>): WindowLimits {
  return {
    maxSkewMs: settings.WINDOW_MAX_SKEW_MS,
    baselineMaxAgeMs: settings.WINDOW_BASELINE_MAX_AGE_MS,
    evictAfterMs: settings.WINDOW_EVICT_AFTER_MS,
    snapshotEvents: settings.WINDOW_SNAPSHOT_EVENTS,
    snapshotAgeMs: settings.WINDOW_SNAPSHOT_AGE_MS,
  };
}
