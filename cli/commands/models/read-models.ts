import { readTopic } from '../../../common/kafka/topic-reader.js';
import { topicName } from '../../../common/kafka/topics.js';
import { type ModelVersion, modelVersionCodec } from '../../../schemas/model-version.js';
import type { Context } from '../../context.js';

/** Returns every version in the models topic, oldest first; what cannot be decoded is logged and left out. */
export async function readModels(context: Context): Promise<ModelVersion[]> {
  const models = new Map<string, ModelVersion>();
  const reader = await readTopic({
    ...context,
    topic: topicName(context.topicPrefix, 'models'),
    from: 'beginning',
    onRecords: (records) => {
      for (const { key, value } of records) {
        const name = key?.toString('utf8') ?? '';
        if (value === null) {
          models.delete(name);
          continue;
        }
        const decoded = modelVersionCodec.decode(value);
        if (decoded.ok) models.set(name, decoded.value);
        else context.log.warn({ key: name, code: decoded.code }, `reading models: ${decoded.reason}`);
      }
    },
  });
  await reader.caughtUp.finally(() => reader.stop());
  return [...models.values()].sort(byAge);
}

/** Order of age, and of the version's text at the same time: the last of a group is the one that scorers use. */
export function byAge(a: ModelVersion, b: ModelVersion): number {
  if (a.created !== b.created) return a.created - b.created;
  return a.version < b.version ? -1 : 1;
}
