import { settingsTable } from '../../common/config.js';

/** Settings of the load generator. */
export const loadSettings = settingsTable({
  LOAD_RATE: {
    type: 'number',
    unit: 'events/s',
    min: 0.1,
    max: 1_000_000,
    default: 1_000,
    description: 'Target rate over all hosts.',
  },
  LOAD_HOSTS: {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 10,
    description: 'Hosts, in turn: load-1, load-2, ...',
  },
  LOAD_METRICS: { type: 'integer', min: 1, max: 512, default: 3, description: 'Metrics in every event.' },
  LOAD_DURATION_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0.1,
    max: 604_800,
    default: 30,
    description: 'Length of the run, ramp included.',
  },
  LOAD_RAMP_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0,
    max: 86_400,
    default: 0,
    description: 'Time in which the rate rises from 0 to the target.',
  },
  LOAD_BURST_FACTOR: {
    type: 'number',
    min: 1,
    max: 1_000,
    default: 1,
    description: 'Rate within a burst against the target; 1 = no bursts.',
  },
  LOAD_BURST_EVERY_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0.1,
    max: 86_400,
    default: 10,
    description: 'Time from one beginning of a burst to the next; the first comes so long after the ramp.',
  },
  LOAD_BURST_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0.01,
    max: 86_400,
    default: 1,
    description: 'Length of a burst.',
  },
  LOAD_SEED: { type: 'integer', min: 0, max: 4_294_967_295, default: 1, description: 'Seed of the values.' },
  LOAD_GROUP: { type: 'string', default: 'load', description: 'Model group of the events.' },
  LOAD_MAX_IN_FLIGHT: {
    type: 'integer',
    unit: 'events',
    min: 1,
    max: 10_000_000,
    default: 100_000,
    description:
      'Events on their way to Kafka at once; beyond it sending waits, and the wait counts as latency.',
  },
  LOAD_DRAIN_SECONDS: {
    type: 'number',
    unit: 's',
    min: 0,
    max: 3_600,
    default: 30,
    description: 'Longest wait for the last acknowledgements after the run.',
  },
  LOAD_REPORT: {
    type: 'string',
    default: null,
    description: 'File for the JSON report; - is standard output; unset: none.',
  },
  LOAD_REQUIRE_RATE: {
    type: 'boolean',
    default: false,
    description: 'Exit code 1 when less than 95 % of the target was reached.',
  },
});
