import { settingsTable } from '../common/config.js';

/** Settings that every process has. */
export const processSettings = settingsTable({
  TIDEWATCH_HOME: {
    type: 'string',
    default: '.tidewatch',
    description: 'Folder for data, logs and downloads of locally started services.',
  },
  LOG_LEVEL: {
    type: 'choice',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    description: 'Least severe log lines that are written.',
  },
  HTTP_ADDRESS: {
    type: 'string',
    default: '127.0.0.1',
    description:
      'Address of /healthz, /readyz and /metrics; they have no login, so keep it on loopback or in a private network.',
  },
  HTTP_PORT: {
    type: 'integer',
    min: 0,
    max: 65_535,
    default: 0,
    description: 'Port of /healthz, /readyz and /metrics; 0 takes a free one and logs it.',
  },
});

/** Ports of locally started services; a port that is asked for is used or refused. */
export const localServiceSettings = settingsTable({
  KAFKA_PORT: {
    type: 'integer',
    min: 1,
    max: 65_535,
    default: null,
    description: 'Port of a locally started Kafka; unset: that of the last start, 9092, or a free one.',
  },
  INFLUX_PORT: {
    type: 'integer',
    min: 1,
    max: 65_535,
    default: null,
    description: 'Port of a locally started InfluxDB; unset: that of the last start, 8086, or a free one.',
  },
});
