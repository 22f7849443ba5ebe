import type { KafkaClient } from '../../common/kafka/client.js';
import { readTopic, type TopicReader } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Logger } from '../../common/log.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';

export interface ModelsSourceOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/** Starts a reader that hands over every version of the models topic, and those that are published later; what cannot be decoded is passed over. */
export function readModels(
  options: ModelsSourceOptions,
  onModel: (model: ModelVersion) => void,
): Promise<TopicReader> {
  return readTopic({
    kafka: options.kafka,
    log: options.log,
    groupPrefix: options.groupPrefix,
    topic: topicName(options.topicPrefix, 'models'),
    from: 'beginning',
    onRecords: (records) => {
      for (const { value } of records) {
        const decoded = value === null ? null : modelVersionCodec.decode(value);
        if (decoded?.ok === true) onModel(decoded.value);
      }
    },
  });
}

/** Returns the newest version of every group that is in the models topic now. */
export async function newestModels(options: ModelsSourceOptions): Promise<ReadonlyMap<string, ModelVersion>> {
  const newest = new Map<string, ModelVersion>();
  const reader = await readModels(options, (model) => {
    const known = newest.get(model.group);
    if (known === undefined || known.created <= model.created) newest.set(model.group, model);
  });
  await reader.caughtUp.finally(() => reader.stop());
  return newest;
}
