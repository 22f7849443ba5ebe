import { describe, expect, it } from 'vitest';
import { createModelTable } from '../../../processors/score/model-table.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

const record = trainedModel(simulateFeatures({ seed: 8, events: 300, group: 'web' }));
const newer = { ...record, created: record.created + 1, version: 'v-newer' };
const newest = { ...record, created: record.created + 2, version: 'v-newest' };

describe('createModelTable', () => {
  it('keeps the model in use when a newer one is refused', () => {
    const table = createModelTable();
    expect(table.current('web')).toBeNull();
    expect(table.offer(record)).toEqual({ ok: true, isCurrent: true });
    expect(table.offer({ ...newer, threshold: 9 })).toMatchObject({ ok: false, code: 'MODEL_HASH_DIFFERS' });
    expect(table.current('web')?.version).toBe(record.version);
  });

  it('uses the newest by creation time and version, in whatever order they come', () => {
    const versions = [
      record,
      { ...record, version: 'v-b' },
      { ...record, created: record.created - 1, version: 'v-z' },
    ];
    for (const order of [versions, [...versions].reverse()]) {
      const table = createModelTable();
      for (const version of order) table.offer(version);
      expect(table.current('web')?.version).toBe([record.version, 'v-b'].sort()[1]);
      expect(table.current('other')).toBeNull();
      expect(table.all()).toHaveLength(1);
    }
  });

  it('keeps the model in use until the last step of a newer one', () => {
    const table = createModelTable();
    table.offer(record);
    const inUse = table.current('web');
    const steps = table.offerSteps(newer);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) expect(table.current('web')).toBe(inUse);
    expect(step.value).toEqual({ ok: true, isCurrent: true });
    expect(table.current('web')?.version).toBe('v-newer');
  });

  it('takes nothing from steps that end after a newer version took over', () => {
    const table = createModelTable();
    const steps = table.offerSteps(newer);
    steps.next();
    table.offer(newest);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value).toEqual({ ok: true, isCurrent: false });
    expect(table.current('web')?.version).toBe('v-newest');
  });

  it('does not compile a version that is older than the one in use', () => {
    const table = createModelTable();
    table.offer(newer);
    expect(table.offerSteps(record).next()).toEqual({ done: true, value: { ok: true, isCurrent: false } });
  });
});
