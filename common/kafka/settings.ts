import { settingsTable } from '../config.js';

/** How to reach Kafka; every process that talks to it has these. */
export const kafkaSettings = settingsTable({
  KAFKA_BROKERS: {
    type: 'list',
    default: null,
    description: 'Brokers as host:port, comma separated; unset: found or started locally.',
  },
  KAFKA_TLS: { type: 'boolean', default: false, description: 'Talk TLS to the brokers.' },
  KAFKA_TLS_CA: {
    type: 'string',
    default: null,
    description: 'Path of a PEM file with the certificate authority; unset: the system ones.',
  },
  KAFKA_TLS_CERT: {
    type: 'string',
    default: null,
    description: 'Path of the client certificate (PEM), for mutual TLS.',
  },
  KAFKA_TLS_KEY: {
    type: 'string',
    default: null,
    description: 'Path of the client key (PEM), for mutual TLS.',
  },
  KAFKA_SASL_MECHANISM: {
    type: 'choice',
    choices: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
    default: 'none',
    description: 'SASL mechanism; plain only over TLS.',
  },
  KAFKA_SASL_USERNAME: { type: 'string', default: null, description: 'User name of the SASL login.' },
  KAFKA_SASL_PASSWORD: {
    type: 'string',
    default: null,
    secret: true,
    description: 'Password of the SASL login.',
  },
  TOPIC_PREFIX: { type: 'string', default: 'tidewatch.', description: 'Put before every topic name.' },
  GROUP_PREFIX: {
    type: 'string',
    default: 'tidewatch.',
    description: 'Put before every consumer group and transactional id.',
  },
});

/** How the topics are made; `tidewatch topics` and `up` use these. */
export const topicSettings = settingsTable({
  TOPIC_PARTITIONS: {
    type: 'integer',
    min: 1,
    max: 1024,
    default: 8,
    description: 'Partitions of every topic keyed by host; all of them must have the same number.',
  },
  TOPIC_REPLICATION: {
    type: 'integer',
    min: 1,
    max: 9,
    default: 1,
    description: 'Replicas of each partition; 3 on a real cluster.',
  },
  TOPIC_RETENTION_METRICS_HOURS: {
    type: 'number',
    unit: 'h',
    min: 0.1,
    max: 87_600,
    default: 24,
    description: 'How long metrics are kept.',
  },
  TOPIC_RETENTION_FEATURES_HOURS: {
    type: 'number',
    unit: 'h',
    min: 0.1,
    max: 87_600,
    default: 168,
    description:
      'How long features are kept; training finds in them, also after a restart, the five windows (days) that drift references need.',
  },
  TOPIC_RETENTION_PREDICTIONS_HOURS: {
    type: 'number',
    unit: 'h',
    min: 0.1,
    max: 87_600,
    default: 168,
    description: 'How long verdicts, drift reports, truth and dead letters are kept.',
  },
});
