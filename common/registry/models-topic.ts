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
}

/**
 * Starts a reader that hands over every version of the models topic, and those that are published later. A record that
 * cannot be read is logged and passed over: whatever was in use stays. Throws TOPIC_MISSING.
 */
export function readModels(
  { kafka, log, topicPrefix, groupPrefix }: ModelsTopicOptions,
  onModel: (model: ModelVersion) => void,
): Promise<TopicReader> {
  return readTopic({
    kafka,
    log,
    groupPrefix,
    topic: topicName(topicPrefix, 'models'),
    from: 'beginning',
    onRecords: (records) => {
      for (const { value } of records) {
        if (value === null) continue;
        const decoded = modelVersionCodec.decode(value);
        if (decoded.ok) onModel(decoded.value);
        else log.error({ code: decoded.code, reason: decoded.reason }, 'model record refused');
      }
    },
  });
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
