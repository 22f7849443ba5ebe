import { performance } from 'node:perf_hooks';
import { readSettings } from '../../common/config.js';
import { codeOf } from '../../common/errors.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import type { KafkaClient } from '../../common/kafka/client.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import { topicSettings } from '../../common/kafka/settings.js';
import { topicName } from '../../common/kafka/topics.js';
import { pause } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { publishModel } from '../../jobs/train/publish-model.js';
import { loadEvents } from '../../producers/load-generator/load-events.js';
import { metricRecord } from '../../producers/metric-stream.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { BENCH_GROUP, METRICS } from './bench-model.js';
import type { BenchServices, Environment } from './bench-services.js';

/** Partitions of every topic keyed by host, the default of the settings. */
export const PARTITIONS = 8;
/** Lanes of every process measured, the default of the settings; the control has as many producers. */
export const LANES = 2;
/** Hosts that the events come from, in turn. */
export const HOSTS = 100;
const FILL_BATCH = 4_000;
const DELETE_ATTEMPTS = 100;

/** What every scenario works with. */
export interface BenchContext {
  readonly services: BenchServices;
  readonly model: ModelVersion;
  readonly environment: Environment;
  readonly log: Logger;
  readonly progress: (line: string) => void;
  /** Flags of Node for the scorer, for profiles. */
  readonly nodeArgs: readonly string[];
}

/** A set of topics of its own with the model in it. */
export interface Stage {
  readonly topicPrefix: string;
  /** Settings of a process of this stage; the consumer groups are as new as the topics. */
  readonly environment: Environment;
  /** Returns how many records of `metrics` a group has committed, over all partitions. */
  committed(groupId: string): Promise<number>;
  remove(): Promise<void>;
}

/** Makes all topics under the prefix `bench.<name>.` and publishes the model. */
export async function createStage(context: BenchContext, name: string): Promise<Stage> {
  const { services, environment, log } = context;
  const topicPrefix = `bench.${process.pid}.${name}.`;
  const settings = readSettings(topicSettings, {
    values: { TOPIC_PARTITIONS: String(PARTITIONS) },
    readFile: () => '',
  });
  // A client of its own: kafkajs goes on asking for every topic that it was ever told of, and fails once they are deleted.
  const admin = services.kafka.admin();
  await admin.connect();
  const plan = await applyTopics(admin, topicPrefix, settings);
  const publisher = await createPublisher({
    kafka: services.kafka,
    log,
    topicPrefix,
    topics: ['models'],
    now: () => performance.now(),
  });
  await publishModel(publisher, context.model);
  await publisher.close();
  return {
    topicPrefix,
    environment: {
      ...environment,
      KAFKA_BROKERS: services.brokers.join(','),
      TOPIC_PREFIX: topicPrefix,
      GROUP_PREFIX: topicPrefix,
      LANES: String(LANES),
      LOG_LEVEL: 'warn',
      TIDEWATCH_HOME: services.home,
    },
    committed: async (groupId) => {
      const topics = [topicName(topicPrefix, 'metrics')];
      const [offsets] = await admin.fetchOffsets({ groupId, topics });
      return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    },
    remove: async () => {
      await admin.disconnect();
      await deleteTopics(
        services.kafka,
        plan.map(({ topic }) => topic),
      );
    },
  };
}

/** Fills `metrics` with events of the load generator's kind, as fast as one idempotent producer can. */
export async function fillMetrics(context: BenchContext, stage: Stage, events: number): Promise<void> {
  const { kafka } = context.services;
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  const next = loadEvents({
    hosts: HOSTS,
    metrics: METRICS,
    seed: 1,
    group: BENCH_GROUP,
    producerId: `bench-${stage.topicPrefix}`,
  });
  await producer.connect();
  try {
    for (let sent = 0; sent < events; sent += FILL_BATCH) {
      const messages = Array.from({ length: Math.min(FILL_BATCH, events - sent) }, () => {
        const { key, value, headers } = metricRecord(next(Date.now()));
        return { key, value, headers: { ...headers }, partition: kafka.partitionOf(key, PARTITIONS) };
      });
      await producer.send({ topic: topicName(stage.topicPrefix, 'metrics'), messages, acks: -1 });
    }
  } finally {
    await producer.disconnect();
  }
}

/** Resolves when the broker no longer knows the topics: until then kafkajs fails whatever else it is asked for. */
async function deleteTopics(kafka: KafkaClient, topics: string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics }).catch(throwUnlessUnknown);
    for (let attempt = 0; attempt < DELETE_ATTEMPTS; attempt += 1) {
      const left = await admin.fetchTopicMetadata().catch(throwUnlessUnknown);
      if (left?.topics.some(({ name }) => topics.includes(name)) === false) return;
      await pause(100);
    }
  } finally {
    await admin.disconnect();
  }
}

function throwUnlessUnknown(error: unknown): undefined {
  if (codeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
}
