import { startHealthServer } from '../../common/health-server.js';
import type { KafkaClient } from '../../common/kafka/client.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import { completion, Lifecycle, type Running } from '../../common/lifecycle.js';
import { readModels } from '../../common/registry/models-topic.js';
import { featureEventCodec } from '../../schemas/feature-event.js';
import { publishModel } from './publish-model.js';
import { type DueGroupsOptions, trainDueGroups } from './train-due-groups.js';
import { createTrainingWatch, type TrainingWatch, type WatchOptions } from './watch.js';

export interface TrainerOptions extends WatchOptions, DueGroupsOptions {
  readonly kafka: KafkaClient;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly http: { readonly address: string; readonly port: number };
}

/** A running trainer and the address of its health server. */
export interface RunningTrainer extends Running {
  readonly url: string;
}

/**
 * Starts the continuous trainer: it reads the models that exist and all features, and trains each group when it is due.
 * A second trainer beside it does no harm but double work: versions are compared by their creation time.
 */
export async function runTrainer(options: TrainerOptions): Promise<RunningTrainer> {
  const lifecycle = new Lifecycle(options.log);
  const watch = createTrainingWatch(options);
  // What was trained before a restart is not trained again; versions that others publish are followed from then on.
  const models = await lifecycle.start(
    'models reader',
    async () => {
      const started = await readModels(options, (model) => watch.resume(model));
      await started.caughtUp.catch(async (error: unknown) => {
        await started.stop();
        throw error;
      });
      return started;
    },
    (started) => started.stop(),
  );
  const publisher = await lifecycle.start(
    'publisher',
    () => createPublisher({ ...options, topics: ['models'] }),
    (started) => started.close(),
  );
  const reader = await lifecycle.start(
    'features reader',
    () =>
      readTopic({
        ...options,
        topic: topicName(options.topicPrefix, 'features'),
        from: 'beginning',
        onRecords: (records) => observe(watch, records),
      }),
    (started) => started.stop(),
  );
  const ending = completion();
  const training = await lifecycle.start(
    'training',
    async () => {
      const stop = new AbortController();
      const turning = trainDueGroups(options, watch, (model) => publishModel(publisher, model), stop.signal);
      turning.catch((error: unknown) => ending.fail(error));
      return { stop, turning };
    },
    async ({ stop, turning }) => {
      stop.abort();
      await turning.catch(() => undefined);
    },
  );
  const http = await lifecycle.start(
    'health server',
    () =>
      startHealthServer({
        ...options.http,
        registry: options.registry,
        health: () => ({ ready: !training.stop.signal.aborted, facts: {} }),
      }),
    (started) => started.close(),
  );
  for (const { done } of [models, reader]) done.catch((error: unknown) => ending.fail(error));
  return { url: http.url, done: ending.done, stop: () => lifecycle.stop().then(() => ending.finish()) };
}

function observe(watch: TrainingWatch, records: readonly InputRecord[]): void {
  for (const { value } of records) {
    const decoded = value === null ? null : featureEventCodec.decode(value);
    if (decoded?.ok === true) watch.observe(decoded.value);
  }
}
