import type { KafkaClient } from '../../common/kafka/client.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { modelVersionCodec } from '../../schemas/model-version.js';
import type { DriftProcessorSettings } from './config.js';
import { createDriftModelTable, type DriftModels, type DriftModelTable } from './models.js';

export interface DriftModelWatchOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly settings: DriftProcessorSettings;
}

/** The newest references of every group, kept up to date from the compacted topic. */
export interface DriftModelWatch extends Running {
  readonly models: DriftModels;
}

/** Resolves once every model that is in the topic now has been read: no record is compared with a model that was replaced already. */
export async function watchDriftModels(options: DriftModelWatchOptions): Promise<DriftModelWatch> {
  const models = createDriftModelTable(options.settings);
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
function take(models: DriftModelTable, value: Buffer, log: Logger): void {
  const decoded = modelVersionCodec.decode(value);
  if (!decoded.ok) {
    log.error({ code: decoded.code, reason: decoded.reason }, 'model record refused');
    return;
  }
  const { model, version, group } = decoded.value;
  const offer = models.offer(decoded.value);
  if (!offer.ok) {
    log.error({ model, version, code: 'MODEL_REFERENCE_INVALID', reason: offer.reason }, 'model refused');
    return;
  }
  if (!offer.isCurrent) return;
  const { hosts, ignored, tooLarge, settings } = offer.model;
  const { blockMs, windowBlocks } = settings;
  log.info({ model, version, group, hosts: hosts.size, blockMs, windowBlocks }, 'drift references in use');
  if (ignored > 0)
    log.warn({ model, version, group, ignored }, 'references of other lengths or statistics are left out');
  if (tooLarge.length > 0)
    log.warn({ model, version, group, hosts: tooLarge.length }, 'hosts with too many metrics are not tested');
}
