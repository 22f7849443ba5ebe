import type { Consumer, ConsumerConfig, Kafka, KafkaConfig, Producer, ProducerConfig } from 'kafkajs';
import { TidewatchError } from '../errors.js';
import type { Logger } from '../log.js';
import { boundedGzip } from './gzip.js';
import { pinoLogCreator } from './kafkajs-log.js';
import { patchAbortedRecords } from './patches/aborted-records.js';
import { patchClosedConnection } from './patches/closed-connection.js';
import { patchFilteredBatch } from './patches/filtered-batch.js';
import { patchIdleTimer } from './patches/idle-timer.js';
import { patchJoinedPartitions } from './patches/joined-partitions.js';
import { assertPatchedVersion, loadKafkajs } from './patches/kafkajs-module.js';
import { patchMessageGrouping } from './patches/message-grouping.js';
import { patchOffsetReset } from './patches/offset-reset.js';
import { patchProduceEncoding } from './patches/produce-encoding.js';
import { patchRawRecords, type ReadingAdmin } from './patches/raw-records.js';
import { patchRecordDecoding } from './patches/record-decoding.js';

/** TLS material and login as texts, already read from files and secrets. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
  /** Replaces the sockets, for fault-injecting proxies in tests. */
  readonly socketFactory?: KafkaConfig['socketFactory'];
}

/** kafkajs with its defects patched. The only way to get a client: see `patches/`. */
export interface KafkaClient {
  readonly brokers: readonly string[];
  producer(config: ProducerConfig): Producer;
  consumer(config: ConsumerConfig): Consumer;
  admin(): ReadingAdmin;
  /** Returns the partition that Java's default partitioner gives a key: murmur2 over the number of partitions. */
  partitionOf(key: string, partitions: number): number;
}

/** Retries of non-transactional calls: a broker restart (20 s and more) is survived without an error to the caller. */
const PATIENT_RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 5_000,
  retries: Number.MAX_SAFE_INTEGER,
  factor: 0.2,
  multiplier: 2,
} as const;

/**
 * Returns kafkajs with its defects patched, for the few who need kafkajs itself; importing it would load it unpatched.
 * Throws KAFKAJS_VERSION on a release that the patches were not written for.
 */
export function loadPatchedKafkajs(): typeof import('kafkajs') {
  assertPatchedVersion();
  patchAbortedRecords();
  patchMessageGrouping();
  // After the parts that it loads have been replaced.
  patchJoinedPartitions();
  patchProduceEncoding();
  patchRecordDecoding();
  patchClosedConnection();
  patchFilteredBatch();
  patchIdleTimer();
  patchOffsetReset();
  patchRawRecords();
  return loadKafkajs();
}

/** Returns a client; no socket opens before one of its parts connects. Throws KAFKAJS_VERSION on an unpatched release. */
export function createKafka(connection: KafkaConnection, log: Logger): KafkaClient {
  const kafkajs = loadPatchedKafkajs();
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP] = () => boundedGzip();
  const kafka: Kafka = new kafkajs.Kafka(clientConfig(connection, kafkajs, log));
  const partition = kafkajs.Partitioners.DefaultPartitioner();
  const listOf = partitionLists();
  return {
    brokers: connection.brokers,
    producer: (config) =>
      kafka.producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: PATIENT_RETRY,
        ...config,
      }),
    consumer: (config) => kafka.consumer(config),
    // Patched above.
    admin: () => kafka.admin({ retry: { ...PATIENT_RETRY, retries: 8 } }) as ReadingAdmin,
    partitionOf: (key, partitions) =>
      partition({ topic: '', partitionMetadata: listOf(partitions), message: { key, value: null } }),
  };
}

function clientConfig(
  connection: KafkaConnection,
  kafkajs: typeof import('kafkajs'),
  log: Logger,
): KafkaConfig {
  if (connection.sasl?.mechanism === 'plain' && connection.tls === undefined) throw plainWithoutTls();
  const { brokers, clientId, tls, sasl, socketFactory } = connection;
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    retry: PATIENT_RETRY,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: pinoLogCreator(log, kafkajs.logLevel),
    ...(tls === undefined
      ? {}
      : {
          ssl: {
            ...(tls.ca === undefined ? {} : { ca: [tls.ca] }),
            ...(tls.cert === undefined ? {} : { cert: tls.cert }),
            ...(tls.key === undefined ? {} : { key: tls.key }),
          },
        }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  };
}

type PartitionList = Parameters<
  ReturnType<typeof import('kafkajs').Partitioners.DefaultPartitioner>
>[0]['partitionMetadata'];

/** Returns a function that gives kafkajs's partitioner the list it counts, made once per number of partitions. */
function partitionLists(): (partitions: number) => PartitionList {
  const lists = new Map<number, PartitionList>();
  return (partitions) => {
    const known = lists.get(partitions);
    if (known !== undefined) return known;
    const numbers = Array.from({ length: partitions }, (_, partitionId) => partitionId);
    const list = numbers.map((partitionId) => ({
      partitionId,
      leader: 0,
      partitionErrorCode: 0,
      replicas: [],
      isr: [],
    }));
    lists.set(partitions, list);
    return list;
  };
}

/** Returns the refusal of a login that would send the password in clear text. Whoever connects asks before any socket opens. */
export function plainWithoutTls(): TidewatchError {
  return new TidewatchError({
    code: 'PLAIN_WITHOUT_TLS',
    retriable: false,
    message:
      'connecting to Kafka: SASL plain sends the password in clear text; set KAFKA_TLS=true or use scram-sha-512',
  });
}
