import { settingsTable } from '../../common/config.js';

/** Settings of the InfluxDB sink, beside those of Kafka. */
export const influxdbSettings = settingsTable({
  INFLUX_URL: {
    type: 'string',
    default: null,
    description: 'InfluxDB, for example http://localhost:8086; unset: found or started locally.',
  },
  INFLUX_TOKEN: {
    type: 'string',
    default: null,
    secret: true,
    description: 'Token that may write to the bucket; 1.x: user:password, unset where authentication is off.',
  },
  INFLUX_ORG: {
    type: 'string',
    default: 'tidewatch',
    description: 'Organisation of the bucket; 1.x ignores it.',
  },
  INFLUX_BUCKET: {
    type: 'string',
    default: 'tidewatch',
    description: 'Bucket to write to; 1.x: the database, or database/retention-policy.',
  },
  INFLUX_TIMEOUT_MS: {
    type: 'integer',
    unit: 'ms',
    min: 100,
    max: 120_000,
    default: 10_000,
    description: 'Longest wait for one answer; a write without one is repeated.',
  },
  SINK_SHAP: {
    type: 'choice',
    choices: ['top5', 'all', 'none'],
    default: 'top5',
    description:
      'How much of each explanation is written: the five largest shares and contributions (all when anomalous), all, or none.',
  },
  SINK_MAX_LINES: {
    type: 'integer',
    unit: 'points',
    min: 1,
    max: 100_000,
    default: 5_000,
    description: 'Most points of one write.',
  },
  SINK_MAX_BYTES: {
    type: 'integer',
    unit: 'bytes',
    min: 1_024,
    max: 16_777_216,
    default: 2_097_152,
    description: 'Most bytes of one write.',
  },
  SINK_RETRY_MAX_MS: {
    type: 'integer',
    unit: 'ms',
    min: 100,
    max: 600_000,
    default: 30_000,
    description: 'Longest wait between two attempts while InfluxDB is down; the first is 0.1 s.',
  },
  SINK_PIPELINE_EVERY_MS: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 3_600_000,
    default: 10_000,
    description: "Time between two points of the sink's own figures in `pipeline`; 0: none.",
  },
});
