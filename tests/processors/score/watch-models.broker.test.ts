import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelsTopicOptions } from '../../../common/registry/models-topic.js';
import { publishModel } from '../../../jobs/train/publish-model.js';
import { EVENT_LOOP } from '../../../processors/score/slices.js';
import { watchModels } from '../../../processors/score/watch-models.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { metricPublisher } from '../../support/metric-stream.js';
import { uniqueName, waitFor } from '../../support/services.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { makeTopics } from '../../support/topics.js';
import { trainedModel } from '../../support/trained-model.js';

const record = trainedModel(simulateFeatures({ seed: 8, events: 300, group: 'web' }));
const version = (age: number, change: Partial<ModelVersion> = {}): ModelVersion => ({
  ...record,
  created: record.created + age,
  version: `v-${age}`,
  ...change,
});

let topicPrefix = '';
let publisher: Awaited<ReturnType<typeof metricPublisher>>;
beforeAll(async () => {
  topicPrefix = await makeTopics(1);
  publisher = await metricPublisher(kafkaClient(), topicPrefix);
});
afterAll(() => publisher.close());

const options = (): ModelsTopicOptions => ({
  kafka: kafkaClient(),
  log: testLog(),
  topicPrefix,
  groupPrefix: `${uniqueName('watch')}.`,
});

describe('watchModels', () => {
  it('resolves with every model ready, and takes up later ones', async () => {
    for (const age of [2, 1, 3]) await publishModel(publisher, version(age));
    await publishModel(publisher, version(4, { threshold: 9 }));
    await publishModel(publisher, version(1, { group: 'db' }));
    const watch = await watchModels(options());
    expect(watch.models.current('web')?.version).toBe('v-3');
    expect(watch.models.current('db')?.version).toBe('v-1');
    await publishModel(publisher, version(5));
    const isTaken = () => Promise.resolve(watch.models.current('web')?.version === 'v-5');
    await waitFor(isTaken, { timeoutMs: 30_000, what: 'the later model' });
    await watch.stop();
    await watch.done;
  });

  it('stops while a model is being compiled, and leaves the one in use', async () => {
    let turns = Number.NaN;
    const releases: (() => void)[] = [];
    const nextTurn = (): Promise<void> => {
      turns += 1;
      if (turns !== 3) return EVENT_LOOP.nextTurn();
      return new Promise((resolve) => {
        releases.push(resolve);
      });
    };
    const watch = await watchModels(options(), { ...EVENT_LOOP, nextTurn });
    const inUse = watch.models.current('web')?.version;
    turns = 0;
    await publishModel(publisher, version(6));
    await waitFor(() => releases.length > 0, { timeoutMs: 30_000, what: 'the model to be compiled half' });
    const stopped = watch.stop();
    for (const release of releases) release();
    await stopped;
    await watch.done;
    expect(inUse).toBe('v-5');
    expect(watch.models.current('web')?.version).toBe('v-5');
  });
});
