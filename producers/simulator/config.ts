import { settingsTable } from '../../common/config.js';

/** Settings of the simulator. */
export const simulatorSettings = settingsTable({
  SIM_HOSTS: {
    type: 'integer',
    min: 1,
    max: 1_000,
    default: 3,
    description: 'Simulated hosts: sim-1, sim-2, ...',
  },
  SIM_INTERVAL_MS: {
    type: 'integer',
    unit: 'ms',
    min: 10,
    max: 3_600_000,
    default: 1_000,
    description: 'Time between two events of one host.',
  },
  SIM_SEED: {
    type: 'integer',
    min: 0,
    max: 4_294_967_295,
    default: 1,
    description: 'Seed of noise and incidents: same seed, same start, same events.',
  },
  SIM_GROUP: { type: 'string', default: 'simulator', description: 'Model group of the simulated hosts.' },
  SIM_DAY_SECONDS: {
    type: 'number',
    unit: 's',
    min: 60,
    max: 86_400,
    default: 86_400,
    description: 'Length of a simulated day; a short one shows the daily and weekly rhythm in minutes.',
  },
  SIM_INCIDENTS: { type: 'boolean', default: true, description: 'Cause incidents by the seeded schedule.' },
  SIM_INCIDENT_EVERY_SECONDS: {
    type: 'number',
    unit: 's',
    min: 10,
    max: 604_800,
    default: 600,
    description: 'Mean time between two scheduled incidents of one host.',
  },
  SIM_QUIET_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0,
    max: 604_800,
    default: 180,
    description: 'Time after the start without scheduled incidents, for the first training.',
  },
  SIM_MAX_IN_FLIGHT: {
    type: 'integer',
    unit: 'records',
    min: 1,
    max: 1_000_000,
    default: 10_000,
    description: 'Records on their way to Kafka at once; beyond it events are left out and counted.',
  },
  SIM_HTTP_ADDRESS: {
    type: 'string',
    default: '127.0.0.1',
    description: 'Address of the HTTP control; it has no login, so keep it on loopback.',
  },
  SIM_HTTP_PORT: {
    type: 'integer',
    min: 0,
    max: 65_535,
    default: 8_085,
    description: 'Port of the HTTP control; 0 takes a free one.',
  },
});
