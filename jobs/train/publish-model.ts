import { messageOf, TidewatchError } from '../../common/errors.js';
import type { Publisher } from '../../common/kafka/publisher.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';

/**
 * Publishes one version to the compacted topic of models (key model/version); resolves when the broker has stored it. Rejects with
 * RECORD_TOO_LARGE for a version of more than 16 MiB, and with what the publisher says.
 */
export async function publishModel(publisher: Publisher, model: ModelVersion): Promise<void> {
  const key = `${model.model}/${model.version}`;
  await publisher.publish({
    topic: 'models',
    key,
    value: encoded(key, model),
    headers: { 'tidewatch-id': key },
  });
}

function encoded(key: string, model: ModelVersion): Buffer {
  try {
    return modelVersionCodec.encode(model);
  } catch (cause) {
    // A RangeError is the codec's word for too large; any other fault is a bug of whoever made the model.
    if (!(cause instanceof RangeError)) throw cause;
    throw new TidewatchError({
      code: 'RECORD_TOO_LARGE',
      retriable: false,
      message: `publishing ${key}: ${messageOf(cause)}; fewer TRAIN_TREES or a smaller TRAIN_SUBSAMPLE make a smaller model`,
      cause,
      facts: { trees: model.trees, subsampleSize: model.subsampleSize },
    });
  }
}
