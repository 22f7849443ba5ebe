import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Publisher } from '../../../common/kafka/publisher.js';
import { createRegistry } from '../../../common/metrics.js';
import { publishModel } from '../../../jobs/train/publish-model.js';
import { type Publish, trainDueGroups } from '../../../jobs/train/train-due-groups.js';
import { createTrainingWatch } from '../../../jobs/train/watch.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING, trainedModel } from '../../support/trained-model.js';

const rows = simulateFeatures({ seed: 4, events: 400, group: 'web' });
const warm = rows.filter(({ warmingUp }) => !warmingUp);
const MODEL = trainedModel(warm.slice(0, 60));
const TOO_MANY_BYTES = 17 * 1024 * 1024;

/** Stands in for a broker: keeps the keys of what was published. */
function memoryPublisher() {
  const keys: string[] = [];
  const publisher: Publisher = {
    publish: async ({ key }) => {
      keys.push(key);
      return { latencyMs: 0 };
    },
    stats: () => expect.fail('not asked for'),
    flush: async () => undefined,
    close: async () => undefined,
  };
  return { publisher, keys };
}

/** Trains whatever is due in rows that come between looks, and returns what became of it. */
async function trained(publish: Publish) {
  const { group: _group, parent: _parent, created: _created, ...training } = SMALL_TRAINING;
  const policy = { minimumRows: 50, fullRows: 10_000, intervalMs: 86_400_000 };
  const watch = createTrainingWatch({ policy, training });
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: {} }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const registry = createRegistry();
  const stop = new AbortController();
  const parts = [warm.slice(0, 60), warm.slice(60, 260)];
  let created = 1;
  const looking = {
    ...watch,
    trainNext: (at: number) => {
      const turn = watch.trainNext(at);
      if (turn !== null) return turn;
      const part = parts.shift();
      for (const row of part ?? []) watch.observe(row);
      if (part === undefined) stop.abort();
      return null;
    },
  };
  const now = () => {
    created += 1;
    return created;
  };
  const ending = trainDueGroups({ log, registry, everyMs: 0, now }, looking, publish, stop.signal);
  await ending.finally(() => stop.abort());
  const metric = await registry.getSingleMetric('tidewatch_train_trainings_total')?.get();
  const outcomes = Object.fromEntries(
    (metric?.values ?? []).map(({ labels, value }) => [labels['outcome'], value]),
  );
  return { outcomes, lines };
}

describe('trainDueGroups', () => {
  it('counts and logs a version that is too large with its size, and goes on with the version in use', async () => {
    const { publisher, keys } = memoryPublisher();
    const published: ModelVersion[] = [];
    const { outcomes, lines } = await trained(async (model) => {
      const isFirst = published.push(model) === 1;
      await publishModel(publisher, isFirst ? { ...model, forest: Buffer.alloc(TOO_MANY_BYTES) } : model);
    });
    expect(outcomes).toEqual({ TOO_LARGE: 1, trained: 1 });
    expect(lines[0]).toMatchObject({ group: 'web', code: 'TOO_LARGE', trees: SMALL_TRAINING.trees });
    expect(String(lines[0]?.['msg'])).toMatch(/178\d{5} bytes are above the limit of 16777216/);
    expect(keys).toEqual([`iforest.web/${published[1]?.version}`]);
    // The version that nobody can read is nobody's parent.
    expect(published[1]?.parent).toBeNull();
  });

  it('ends with whatever else publishing fails with', async () => {
    await expect(trained(() => Promise.reject(new Error('the broker is gone')))).rejects.toThrow('is gone');
  });
});

describe('publishModel', () => {
  it('refuses a version that the topic does not take, and says what makes it smaller', async () => {
    const { publisher, keys } = memoryPublisher();
    const huge = { ...MODEL, forest: Buffer.alloc(TOO_MANY_BYTES) };
    await expect(publishModel(publisher, huge)).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      message: expect.stringMatching(/TRAIN_TREES/),
    });
    expect(keys).toEqual([]);
    await publishModel(publisher, MODEL);
    expect(keys).toEqual([`${MODEL.model}/${MODEL.version}`]);
  });
});
