import type { Decoded } from '../../schemas/codec/record-codec.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';
import type { KafkaClient } from '../kafka/client.js';
import { readTopic, type TopicReader } from '../kafka/topic-reader.js';
import { topicName } from '../kafka/topics.js';
import type { Logger } from '../log.js';

export interface ModelsTopicOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /**
   * Reads one record, undefined to pass over it; unset: at once. The largest takes 50 ms: whoever has other things to do meanwhile reads it
   * in steps.
   */
  readonly decode?: (bytes: Buffer) => Promise<Decoded<ModelVersion> | undefined>;
}

/**
 * Starts a reader that hands over every version of the models topic, and those that are published later. A record that
 * cannot be read is logged and passed over: whatever was in use stays. Throws TOPIC_MISSING.
 */
export function readModels(
  { kafka, log, topicPrefix, groupPrefix, decode = atOnce }: ModelsTopicOptions,
  onModel: (model: ModelVersion) => void,
): Promise<TopicReader> {
  return readTopic({
    kafka,
    log,
    groupPrefix,
    topic: topicName(topicPrefix, 'models'),
    from: 'beginning',
    onRecords: async (records) => {
      for (const { value } of records) {
        const decoded = value === null ? undefined : await decode(value);
        if (decoded === undefined) continue;
        if (decoded.ok) onModel(decoded.value);
        else log.error({ code: decoded.code, reason: decoded.reason }, 'model record refused');
      }
    },
  });
}

function atOnce(bytes: Buffer): Promise<Decoded<ModelVersion>> {
  return Promise.resolve(modelVersionCodec.decode(bytes));
}

/** As {@link readModels}, resolved once everything that is in the topic now has been handed over. */
export async function followModels(
  options: ModelsTopicOptions,
  onModel: (model: ModelVersion) => void,
): Promise<TopicReader> {
  const reader = await readModels(options, onModel);
  try {
    await reader.caughtUp;
    return reader;
  } catch (error) {
    await reader.stop();
    throw error;
  }
}

/** Returns every version that is in the topic now, in the order of {@link byAge}. */
export async function allModels(options: ModelsTopicOptions): Promise<ModelVersion[]> {
  const models = new Map<string, ModelVersion>();
  const reader = await followModels(options, (model) => models.set(`${model.model}/${model.version}`, model));
  await reader.stop();
  return [...models.values()].sort(byAge);
}

/** Order of age, and of the version's text at the same time: the last of a group is the one that is in use. */
export function byAge(a: ModelVersion, b: ModelVersion): number {
  if (a.created !== b.created) return a.created - b.created;
  return a.version < b.version ? -1 : 1;
}
