/**
 * The control of the stream's benchmarks: copies the bytes of one topic to one or two others through kafkajs alone, in
 * transactions of the shape that the lane loop has (same fetches, as many producers, group commit, tuned retries), and does
 * nothing else. Arguments: group, input topic, output topics (comma separated), lanes, and which kafkajs: `stock` as it is
 * published, or `patched` as in every process of Tidewatch. KAFKA_BROKERS and HTTP_PORT are read from the environment.
 */
import type { Consumer, Producer } from 'kafkajs';
import { Counter } from 'prom-client';
import { startHealthServer } from '../common/health-server.js';
import { createKafka } from '../common/kafka/client.js';
import { loadKafkajs } from '../common/kafka/patches/kafkajs-module.js';
import { createLogger } from '../common/log.js';
import { createRegistry } from '../common/metrics.js';
import { BareLane } from './stream/bare-lane.js';

const PARTITIONS_AT_ONCE = 16;

const [groupId = '', input = '', outputs = '', lanes = '2', build = 'stock'] = process.argv.slice(2);
const log = createLogger({ level: 'warn', name: 'pass-through' });
const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const kafka =
  build === 'patched'
    ? createKafka({ brokers, clientId: 'pass-through' }, log)
    : new (loadKafkajs().Kafka)({ brokers, clientId: 'pass-through', logLevel: loadKafkajs().logLevel.WARN });
const registry = createRegistry();
const copied = new Counter({
  name: 'pass_through_records_total',
  help: 'Records copied and committed',
  registers: [registry],
});

function fail(error: unknown): void {
  log.error({ err: error }, 'the pass-through failed');
  process.exit(1);
}

async function startProducer(lane: number): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId: `${groupId}.lane-${lane}`,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 15_000,
    allowAutoTopicCreation: false,
    createPartitioner: loadKafkajs().Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 10, multiplier: 1.5, maxRetryTime: 500, factor: 0.2, retries: 1_000 },
  });
  await producer.connect();
  return producer;
}

function startConsumer(): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 512 * 1024,
    readUncommitted: false,
    allowAutoTopicCreation: false,
  });
}

const consumer = startConsumer();
let joined = false;
consumer.on(consumer.events.GROUP_JOIN, () => {
  joined = true;
});
consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
const producers = await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => startProducer(lane)));
const bareLanes = producers.map(
  (producer) =>
    new BareLane({
      producer,
      groupId,
      input,
      outputs: outputs.split(','),
      onFailure: fail,
      onCopied: (records) => copied.inc(records),
    }),
);
await startHealthServer({
  address: '127.0.0.1',
  port: Number(process.env['HTTP_PORT'] ?? '0'),
  registry,
  health: () => ({ ready: joined, facts: {} }),
});
await consumer.connect();
await consumer.subscribe({ topics: [input], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
  eachBatch: async (payload) => bareLanes[payload.batch.partition % bareLanes.length]?.onBatch(payload),
});
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => process.exit(0));
