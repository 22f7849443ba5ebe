import type { Publisher } from '../../common/kafka/publisher.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';

/** Publishes one version to the compacted topic of models (key model/version); resolves when the broker has stored it. */
export async function publishModel(publisher: Publisher, model: ModelVersion): Promise<void> {
  const key = `${model.model}/${model.version}`;
  await publisher.publish({
    topic: 'models',
    key,
    value: modelVersionCodec.encode(model),
    headers: { 'tidewatch-id': key },
  });
}
