import { describe, expect, it } from 'vitest';
import { createModelQueue } from '../../../processors/score/model-queue.js';
import { createModelTable, type ModelTable, type Offer } from '../../../processors/score/model-table.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

const record = trainedModel(simulateFeatures({ seed: 8, events: 300, group: 'web' }));
const version = (age: number, change: Partial<ModelVersion> = {}): ModelVersion => ({
  ...record,
  created: record.created + age,
  version: `v-${age}`,
  ...change,
});

/** A queue whose clock moves 100 us with every look at it; `onTurn` is told the number of each turn. */
function openQueue(
  onTurn: (turn: number) => void = () => undefined,
  models: ModelTable = createModelTable(),
) {
  let now = 0;
  let turns = 0;
  const offers: [string, Offer][] = [];
  const queue = createModelQueue({
    models,
    pace: {
      microseconds: () => {
        now += 100;
        return now;
      },
      nextTurn: () => {
        turns += 1;
        onTurn(turns);
        return Promise.resolve();
      },
    },
    onOffer: ({ version: offered }, offer) => offers.push([offered, offer]),
  });
  const taken = () => offers.flatMap(([offered, offer]) => (offer.ok && offer.isCurrent ? [offered] : []));
  return { queue, models, offers, taken, turns: () => turns };
}

describe('createModelQueue', () => {
  it('compiles in many turns while the model in use stays, and swaps it whole', async () => {
    const models = createModelTable();
    models.offer(record);
    const inUse: (string | undefined)[] = [];
    const { queue, turns } = openQueue(() => inUse.push(models.current('web')?.version), models);
    queue.add(version(1));
    expect(models.current('web')?.version).toBe(record.version);
    await queue.idle();
    expect(turns()).toBeGreaterThan(record.trees / 5);
    expect(new Set(inUse)).toEqual(new Set([record.version]));
    expect(models.current('web')?.version).toBe('v-1');
  });

  it('compiles only the newest of versions that come together', async () => {
    const { queue, models, offers, taken } = openQueue();
    for (const age of [2, 5, 1, 4]) queue.add(version(age));
    await queue.idle();
    expect(taken()).toEqual(['v-5']);
    expect(offers).toHaveLength(3);
    expect(models.current('web')?.version).toBe('v-5');
  });

  it('holds the newest three of a group, whatever order they come in, and all groups', async () => {
    const { queue, offers, taken } = openQueue();
    queue.add(version(0, { group: 'db' }));
    for (const age of [3, 1, 6, 2, 5, 4]) queue.add(version(age, age > 4 ? { threshold: 9 } : {}));
    await queue.idle();
    expect(offers.map(([offered]) => offered)).toEqual(['v-6', 'v-5', 'v-4', 'v-0']);
    expect(taken()).toEqual(['v-4', 'v-0']);
  });

  it('falls back on an older version when the newest is refused', async () => {
    const { queue, models, offers } = openQueue();
    queue.add(version(1));
    queue.add(version(2, { threshold: 9 }));
    await queue.idle();
    expect(offers.map(([offered, offer]) => [offered, offer.ok])).toEqual([
      ['v-2', false],
      ['v-1', true],
    ]);
    expect(models.current('web')?.version).toBe('v-1');
  });

  it('leaves the model in use when the only newer one is refused', async () => {
    const models = createModelTable();
    models.offer(record);
    const { queue } = openQueue(undefined, models);
    queue.add(version(1, { forest: record.forest.subarray(0, 40) }));
    await queue.idle();
    expect(models.current('web')?.version).toBe(record.version);
  });

  it('gives the last word to a newer version that comes while an older one is compiled', async () => {
    const { queue, models, taken } = openQueue((turn) => {
      if (turn === 3) queue.add(version(2));
    });
    queue.add(version(1));
    await queue.idle();
    expect(taken()).toEqual(['v-1', 'v-2']);
    expect(models.current('web')?.version).toBe('v-2');
  });

  it('compiles the models of several groups one after another', async () => {
    const { queue, models, taken } = openQueue();
    queue.add(version(1));
    queue.add(version(2, { group: 'db' }));
    await queue.idle();
    expect(taken()).toEqual(['v-2', 'v-1']);
    expect([models.current('web')?.version, models.current('db')?.version]).toEqual(['v-1', 'v-2']);
    queue.add(version(3));
    await queue.idle();
    expect(models.current('web')?.version).toBe('v-3');
  });

  it('ends in the middle of a model when it is stopped, and takes no more', async () => {
    const stopping: Promise<void>[] = [];
    const { queue, models, offers, turns } = openQueue((turn) => {
      if (turn === 3) stopping.push(queue.stop());
    });
    queue.add(version(1));
    queue.add(version(2, { group: 'db' }));
    await queue.idle();
    await Promise.all(stopping);
    await queue.done;
    expect(turns()).toBe(3);
    expect(offers).toEqual([]);
    queue.add(version(3));
    await queue.idle();
    expect(models.all()).toEqual([]);
  });

  it('fails with what compiling threw, also when it is stopped afterwards', async () => {
    const models = createModelTable();
    const { queue } = openQueue(undefined, {
      ...models,
      offerSteps: () => {
        throw new RangeError('tables above 2 GiB');
      },
    });
    queue.add(version(1));
    await expect(queue.idle()).rejects.toThrow('above 2 GiB');
    await expect(queue.done).rejects.toThrow('above 2 GiB');
    await queue.stop();
    await expect(queue.done).rejects.toThrow('above 2 GiB');
  });
});
