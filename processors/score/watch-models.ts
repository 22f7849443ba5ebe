import type { KafkaClient } from '../../common/kafka/client.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { modelVersionCodec } from '../../schemas/model-version.js';
import { createModelTable, type ModelTable } from './model-table.js';

export interface ModelWatchOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/** The newest model of every group, kept up to date from the compacted topic. */
export interface ModelWatch extends Running {
  readonly models: ModelTable;
}

/**
 * Resolves once every model that is in the topic now has been read: the first event is scored by the model in use, not
 * by none. Later versions take over between two batches.
 */
export async function watchModels(options: ModelWatchOptions): Promise<ModelWatch> {
  const models = createModelTable();
  const reader = await readTopic({
    ...options,
    topic: topicName(options.topicPrefix, 'models'),
    from: 'beginning',
    onRecords: (records) => {
      for (const { value } of records) if (value !== null) take(models, value, options.log);
    },
  });
  await reader.caughtUp;
  return { models, done: reader.done, stop: () => reader.stop() };
}

/** A version that cannot be used is logged and left out: the model in use stays. */
function take(models: ModelTable, value: Buffer, log: Logger): void {
  const decoded = modelVersionCodec.decode(value);
  if (!decoded.ok) {
    log.error({ code: decoded.code, reason: decoded.reason }, 'model record refused');
    return;
  }
  const { model, version, group, rows, provisional } = decoded.value;
  const offer = models.offer(decoded.value);
  if (!offer.ok) log.error({ model, version, code: offer.code, reason: offer.reason }, 'model refused');
  else if (offer.isCurrent) log.info({ model, version, group, rows, provisional }, 'model in use');
}
