import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { followModels, type ModelsTopicOptions } from '../../common/registry/models-topic.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { createModelTable, type ModelTable } from './model-table.js';

/** The newest model of every group, kept up to date from the compacted topic. */
export interface ModelWatch extends Running {
  readonly models: ModelTable;
}

/**
 * Resolves once every model that is in the topic now has been read: the first event is scored by the model in use, not
 * by none. Later versions take over between two batches.
 */
export async function watchModels(options: ModelsTopicOptions): Promise<ModelWatch> {
  const models = createModelTable();
  const reader = await followModels(options, (model) => offer(models, model, options.log));
  return { models, done: reader.done, stop: () => reader.stop() };
}

/** A version that cannot be used is logged and left out: the model in use stays. */
function offer(models: ModelTable, record: ModelVersion, log: Logger): void {
  const { model, version, group, rows, provisional } = record;
  const taken = models.offer(record);
  if (!taken.ok) log.error({ model, version, code: taken.code, reason: taken.reason }, 'model refused');
  else if (taken.isCurrent) log.info({ model, version, group, rows, provisional }, 'model in use');
}
