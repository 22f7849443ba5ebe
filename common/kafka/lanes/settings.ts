import { settingsTable } from '../../config.js';

/** Settings of every processor's lane loop. */
export const laneSettings = settingsTable({
  LANES: {
    type: 'integer',
    min: 1,
    max: 64,
    default: 2,
    description:
      'Lanes per consumer group: units of assignment and fencing, the upper bound of instances; the same for all processes of a group.',
  },
  SESSION_TIMEOUT_MS: {
    type: 'integer',
    unit: 'ms',
    min: 6_000,
    max: 300_000,
    default: 10_000,
    description: 'How long the group waits for a silent member before its lanes go to another.',
  },
  TRANSACTION_TIMEOUT_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1_000,
    max: 900_000,
    default: 15_000,
    description:
      'How long the broker keeps an unfinished transaction of a dead process open; read_committed readers wait that long at most.',
  },
});
