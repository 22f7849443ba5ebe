import { type Settings, settingsTable } from '../../common/config.js';
import type { driftRowsSettings } from '../../common/drift-window.js';

const HOUR_MS = 3_600_000;

/** Settings of the drift processor. Block and window length are training's (`driftWindowSettings`): they come with the model. */
export const driftProcessorSettings = settingsTable({
  DRIFT_PERSISTENCE_BLOCKS: {
    type: 'integer',
    unit: 'blocks',
    min: 1,
    max: 65_535,
    default: null,
    description:
      'Checks running, one per block, that a metric must stay beyond its limit; unset: one whole window.',
  },
  DRIFT_SNAPSHOT_EVENTS: {
    type: 'integer',
    unit: 'events',
    min: 1,
    max: 100_000,
    default: 1_000,
    description: 'Events of a host after which its drift state is written to the state topic.',
  },
  DRIFT_SNAPSHOT_AGE_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1_000,
    max: 6 * HOUR_MS,
    default: 600_000,
    description:
      'Age (append time) at which an event that is in no snapshot yet causes one; well below the retention of features.',
  },
  DRIFT_EVICT_AFTER_MS: {
    type: 'integer',
    unit: 'ms',
    min: 60_000,
    max: 365 * 24 * HOUR_MS,
    default: 7 * 24 * HOUR_MS,
    description: 'Silence (append time) after which the drift state of a host is dropped.',
  },
});

export type DriftProcessorSettings = Settings<typeof driftProcessorSettings> &
  Settings<typeof driftRowsSettings>;
