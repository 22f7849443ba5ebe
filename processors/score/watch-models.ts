import type { Running } from '../../common/lifecycle.js';
import type { Logger } from '../../common/log.js';
import { followModels, type ModelsTopicOptions } from '../../common/registry/models-topic.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';
import { createModelQueue } from './model-queue.js';
import { createModelTable, type ModelTable, type Offer } from './model-table.js';
import { EVENT_LOOP, inSlices, type Pace } from './slices.js';

/** The newest model of every group, kept up to date from the compacted topic. */
export interface ModelWatch extends Running {
  readonly models: ModelTable;
}

/**
 * Resolves once the newest of the models that are in the topic now is ready in every group: the first event is scored by the model in use,
 * not by none. Later versions are read and compiled between batches, half a millisecond at a time, and take over between two batches.
 */
export async function watchModels(options: ModelsTopicOptions, pace: Pace = EVENT_LOOP): Promise<ModelWatch> {
  const models = createModelTable();
  const onOffer = (record: ModelVersion, offer: Offer): void => report(record, offer, options.log);
  const queue = createModelQueue({ models, pace, onOffer });
  const decode = (bytes: Buffer) => inSlices(modelVersionCodec.decodeSteps(bytes), pace, () => false);
  const reader = await followModels({ ...options, decode }, (model) => queue.add(model)).catch(
    async (error: unknown) => {
      await queue.stop();
      throw error;
    },
  );
  const watch = { models, ...together(reader, queue) };
  try {
    await queue.idle();
    return watch;
  } catch (error) {
    await watch.stop();
    throw error;
  }
}

/** Two parts as one: stopped together; `done` rejects with what ended the first. */
function together(a: Running, b: Running): Running {
  const done = Promise.all([a.done, b.done]).then(() => undefined);
  // Whoever watches it may come later.
  done.catch(() => undefined);
  return { done, stop: () => Promise.all([a.stop(), b.stop()]).then(() => undefined) };
}

/** A version that cannot be used is logged and left out: the model in use stays. */
function report(record: ModelVersion, offer: Offer, log: Logger): void {
  const { model, version, group, rows, provisional } = record;
  if (!offer.ok) log.error({ model, version, code: offer.code, reason: offer.reason }, 'model refused');
  else if (offer.isCurrent) log.info({ model, version, group, rows, provisional }, 'model in use');
}
