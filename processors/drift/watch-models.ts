import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { followModels, type ModelsTopicOptions } from '../../common/registry/models-topic.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { DriftProcessorSettings } from './config.js';
import { createDriftModelTable, type DriftModels, type DriftModelTable } from './models.js';

export interface DriftModelWatchOptions extends ModelsTopicOptions {
  readonly settings: DriftProcessorSettings;
}

/** The newest references of every group, kept up to date from the compacted topic. */
export interface DriftModelWatch extends Running {
  readonly models: DriftModels;
}

/** Resolves once every model that is in the topic now has been read: no record is compared with a model that was replaced already. */
export async function watchDriftModels(options: DriftModelWatchOptions): Promise<DriftModelWatch> {
  const models = createDriftModelTable(options.settings);
  const reader = await followModels(options, (model) => offer(models, model, options.log));
  return { models, done: reader.done, stop: () => reader.stop() };
}

/** A version that cannot be used is logged and left out: the model in use stays. */
function offer(models: DriftModelTable, record: ModelVersion, log: Logger): void {
  const { model, version, group } = record;
  const taken = models.offer(record);
  if (!taken.ok) {
    log.error({ model, version, code: 'MODEL_REFERENCE_INVALID', reason: taken.reason }, 'model refused');
    return;
  }
  if (!taken.isCurrent) return;
  const { hosts, ignored, tooLarge, settings } = taken.model;
  const { blockMs, windowBlocks } = settings;
  log.info({ model, version, group, hosts: hosts.size, blockMs, windowBlocks }, 'drift references in use');
  if (ignored > 0)
    log.warn({ model, version, group, ignored }, 'references of other lengths or statistics are left out');
  if (tooLarge.length > 0)
    log.warn({ model, version, group, hosts: tooLarge.length }, 'hosts with too many metrics are not tested');
}
