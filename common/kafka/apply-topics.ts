import type { Admin, ITopicConfig } from 'kafkajs';
import type { Settings } from '../config.js';
import { TidewatchError } from '../errors.js';
import { pause } from '../lifecycle.js';
import type { topicSettings } from './settings.js';
import { TOPICS, type TopicName, type TopicSpec, topicName } from './topics.js';

/** What has to be done to a topic so that it matches the table. */
export interface TopicPlan {
  readonly topic: string;
  readonly action: 'create' | 'keep';
  readonly partitions: number;
  readonly replication: number;
  /** Broker's configuration of the topic, as it is asked for at creation. */
  readonly config: Readonly<Record<string, string>>;
}

const LEADER_ATTEMPTS = 100;
const HOUR_MS = 3_600_000;

function configOf(spec: TopicSpec, settings: Settings<typeof topicSettings>): Record<string, string> {
  const hours = {
    metrics: settings.TOPIC_RETENTION_METRICS_HOURS,
    features: settings.TOPIC_RETENTION_FEATURES_HOURS,
    predictions: settings.TOPIC_RETENTION_PREDICTIONS_HOURS,
  };
  const retention: Record<string, string> =
    spec.retention === 'compacted'
      ? { 'cleanup.policy': 'compact', 'segment.ms': String(HOUR_MS), 'min.cleanable.dirty.ratio': '0.1' }
      : { 'cleanup.policy': 'delete', 'retention.ms': String(Math.round(hours[spec.retention] * HOUR_MS)) };
  const timestamps = spec.timestamps === 'append' ? 'LogAppendTime' : 'CreateTime';
  return {
    ...retention,
    'max.message.bytes': String(spec.maxMessageBytes),
    'message.timestamp.type': timestamps,
  };
}

/** Returns the plan for every topic of the table, given which ones exist. Pure. */
export function planTopics(
  prefix: string,
  settings: Settings<typeof topicSettings>,
  existing: ReadonlySet<string>,
): TopicPlan[] {
  return (Object.keys(TOPICS) as TopicName[]).map((name) => {
    const spec: TopicSpec = TOPICS[name];
    const topic = topicName(prefix, name);
    return {
      topic,
      action: existing.has(topic) ? 'keep' : 'create',
      partitions: spec.partitioning === 'one' ? 1 : settings.TOPIC_PARTITIONS,
      replication: settings.TOPIC_REPLICATION,
      config: configOf(spec, settings),
    };
  });
}

/**
 * Makes the topics that are missing and returns the plan. Topics that exist are left as they are (their partitions and
 * configuration belong to whoever made them), but a different number of partitions is refused: state and outputs are
 * co-partitioned with the input.
 */
export async function applyTopics(
  admin: Admin,
  prefix: string,
  settings: Settings<typeof topicSettings>,
): Promise<TopicPlan[]> {
  const plan = planTopics(prefix, settings, new Set(await admin.listTopics()));
  await checkPartitions(admin, plan);
  const topics = plan.filter(({ action }) => action === 'create').map(toTopicConfig);
  // kafkajs's own wait for leaders gives up at a broker that has not heard of the new topic yet; ours asks again.
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: false, timeout: 30_000 });
  for (const { topic } of topics) await untilReadable(admin, topic);
  return plan;
}

/** A new leader is known before it answers; readers that come too early would rejoin their group again and again. */
async function untilReadable(admin: Admin, topic: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (attempt >= LEADER_ATTEMPTS) throw error;
      await pause(100);
    }
  }
}

async function checkPartitions(admin: Admin, plan: readonly TopicPlan[]): Promise<void> {
  const kept = plan.filter(({ action }) => action === 'keep');
  if (kept.length === 0) return;
  const { topics } = await admin.fetchTopicMetadata({ topics: kept.map(({ topic }) => topic) });
  const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  const wrong = kept.filter(({ topic, partitions }) => counts.get(topic) !== partitions);
  if (wrong.length === 0) return;
  const found = wrong
    .map(({ topic, partitions }) => `${topic} has ${counts.get(topic)} partitions instead of ${partitions}`)
    .join(', ');
  throw new TidewatchError({
    code: 'PARTITIONS_DIFFER',
    retriable: false,
    message: `applying topics: ${found}; set TOPIC_PARTITIONS to what is there, or use another TOPIC_PREFIX`,
  });
}

function toTopicConfig({ topic, partitions, replication, config }: TopicPlan): ITopicConfig {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  return { topic, numPartitions: partitions, replicationFactor: replication, configEntries };
}
