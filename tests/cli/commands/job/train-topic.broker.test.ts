import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { allModels } from '../../../../common/registry/models-topic.js';
import { type FeatureEvent, featureEventCodec } from '../../../../schemas/feature-event.js';
import { modelFromJson } from '../../../../schemas/model-json.js';
import { kafkaClient, testLog } from '../../../support/kafka.js';
import { testKafka, uniqueName } from '../../../support/services.js';
import { simulateFeatures } from '../../../support/simulated-features.js';
import { makeTopics } from '../../../support/topics.js';
import { fakeIo } from '../../fake-io.js';

let prefix = '';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-train-topic-'));
  prefix = await makeTopics(2);
  await publish([
    ...simulateFeatures({ seed: 11, events: 1_300, group: 'web' }),
    ...simulateFeatures({ seed: 12, events: 200, group: 'db' }),
    ...simulateFeatures({ seed: 13, events: 20, group: 'new' }),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function publish(features: readonly FeatureEvent[]): Promise<void> {
  const producer = kafkaClient().producer({});
  await producer.connect();
  const messages = features.map((feature) => ({
    key: feature.host,
    value: featureEventCodec.encode({ ...feature, host: `${feature.group}-1` }),
  }));
  // One request may hold a megabyte.
  for (let from = 0; from < messages.length; from += 100)
    await producer.send({ topic: topicName(prefix, 'features'), messages: messages.slice(from, from + 100) });
  await producer.disconnect();
}

/** Runs `job train --json` on the topics; returns what it printed, and what it failed with. */
async function train(...flags: string[]) {
  const fake = fakeIo({
    environment: {
      KAFKA_BROKERS: testKafka().brokers.join(','),
      TOPIC_PREFIX: prefix,
      GROUP_PREFIX: `${uniqueName('train')}.`,
      LOG_LEVEL: 'silent',
      TRAIN_SUBSAMPLE: '64',
      TRAIN_GIT_COMMIT: 'abc',
    },
  });
  const failure: unknown = await createProgram(fake.io)
    .parseAsync(['node', 'tidewatch', 'job', 'train', '--json', ...flags])
    .then(
      () => null,
      (error: unknown) => error,
    );
  return { results: JSON.parse(fake.stdout() || '[]') as unknown, failure };
}

function versions() {
  return allModels({ kafka: kafkaClient(), log: testLog(), topicPrefix: prefix, groupPrefix: 'check.' });
}

describe('job train on the features topic', () => {
  it('searches with --grid, group by group, and publishes what came of it', async () => {
    const { results, failure } = await train('--grid');
    expect(failure).toBeNull();
    // In the order in which the partitions were read.
    expect(results).toHaveLength(3);
    expect(results).toEqual(
      expect.arrayContaining([{ group: 'new', trained: false, code: 'TOO_FEW_ROWS', missing: 50 }]),
    );
    const models = await versions();
    expect(models.map(({ group }) => group).sort()).toEqual(['db', 'web']);
    const web = models.find(({ group }) => group === 'web');
    expect(web).toMatchObject({ provisional: false, gitCommit: 'abc', parent: null, hosts: ['web-1'] });
    expect(web?.metrics).toMatchObject({
      'search.candidates': 12,
      'test.injectedRecall': expect.any(Number),
      stability: expect.any(Number),
    });
    // Too few rows for a search: the settings' own parameters.
    const db = models.find(({ group }) => group === 'db');
    expect(db?.trees).toBe(100);
    expect(db?.metrics['search.candidates']).toBeUndefined();
  });

  it('writes a file instead, of one group, with the published version as its parent', async () => {
    const before = await versions();
    const path = join(folder, 'model.json');
    const { failure } = await train('--grid', '--group', 'web', '--model-out', path);
    expect(failure).toBeNull();
    const written = modelFromJson(await readFile(path, 'utf8'));
    if (!written.ok) throw new Error(written.reason);
    const parent = before.find(({ group }) => group === 'web');
    expect(written.value.parent).toBe(parent?.version);
    expect(written.value.contentHash).toBe(parent?.contentHash);
    expect(await versions()).toHaveLength(before.length);
  });

  it('ends with the reason where nothing can be trained', async () => {
    const few = await train('--grid', '--group', 'new');
    expect(few.failure).toMatchObject({ code: 'NOT_TRAINED', message: expect.stringContaining('of 50') });
    const none = await train('--group', 'nobody');
    expect(none.failure).toMatchObject({ code: 'NOT_TRAINED', message: expect.stringContaining('nobody: ') });
  });
});
