import { settingsTable } from '../../common/config.js';

/** Settings of the host collector. */
export const collectorSettings = settingsTable({
  COLLECTOR_HOST: {
    type: 'string',
    default: null,
    description: "Name of this host; unset: the system's host name.",
  },
  COLLECTOR_INTERVAL_MS: {
    type: 'integer',
    unit: 'ms',
    min: 100,
    max: 3_600_000,
    default: 1_000,
    description: 'Time between two events.',
  },
  COLLECTOR_SLOW_INTERVAL_MS: {
    type: 'integer',
    unit: 'ms',
    min: 1_000,
    max: 3_600_000,
    default: 30_000,
    description:
      'Time between two readings of what changes slowly or costs a child process: disk use, and on systems without /proc all counters.',
  },
  COLLECTOR_GROUP: { type: 'string', default: 'collector', description: 'Model group of this host.' },
  COLLECTOR_MAX_IN_FLIGHT: {
    type: 'integer',
    unit: 'records',
    min: 1,
    max: 1_000_000,
    default: 1_000,
    description: 'Records on their way to Kafka at once; beyond it events are left out and counted.',
  },
  COLLECTOR_HTTP_ADDRESS: {
    type: 'string',
    default: '127.0.0.1',
    description: 'Address of /healthz, /readyz and /metrics.',
  },
  COLLECTOR_HTTP_PORT: {
    type: 'integer',
    min: 0,
    max: 65_535,
    default: 8_087,
    description: 'Port of /healthz, /readyz and /metrics; 0 takes a free one.',
  },
});
