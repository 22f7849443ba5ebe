import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../common/registry/content-hash.js';
import { compileModel } from '../../../processors/score/model.js';
import { createModelTable } from '../../../processors/score/model-table.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { trainedModel } from '../../support/trained-model.js';

const record = trainedModel(simulateFeatures({ seed: 8, events: 300, group: 'web' }));

/** The record with another content and the hash that fits it. */
function rehashed(change: Partial<ModelVersion>): ModelVersion {
  const changed = { ...record, ...change };
  return { ...changed, contentHash: contentHash(changed) };
}

function flipped(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

const [feature] = record.features;
const [entry] = record.calibration;
if (feature === undefined || entry === undefined) throw new Error('the model has no feature');

describe('compileModel', () => {
  it.each<[string, string, ModelVersion]>([
    ['another kind', 'MODEL_KIND_UNKNOWN', rehashed({ kind: 'random-cut-forest' })],
    ['a flipped bit of the forest', 'MODEL_HASH_DIFFERS', { ...record, forest: flipped(record.forest, 99) }],
    ['a changed boundary', 'MODEL_HASH_DIFFERS', { ...record, threshold: record.threshold + 1 }],
    ['a forest that is none', 'MODEL_FOREST_UNREADABLE', rehashed({ forest: record.forest.subarray(0, 40) })],
    ['a feature too many', 'MODEL_FEATURES_INVALID', rehashed({ features: [...record.features, feature] })],
    [
      'a scale of 0',
      'MODEL_FEATURES_INVALID',
      rehashed({ features: record.features.map((one) => ({ ...one, scale: 0 })) }),
    ],
    ['no spread', 'MODEL_CALIBRATION_INVALID', rehashed({ calibration: [{ ...entry, q99: entry.median }] })],
    ['no calibration', 'MODEL_CALIBRATION_INVALID', rehashed({ calibration: [] })],
    ['a boundary of 0', 'MODEL_CALIBRATION_INVALID', rehashed({ threshold: 0 })],
  ])('refuses %s', (_, code, broken) => {
    expect(compileModel(broken)).toMatchObject({ ok: false, code });
  });
});

describe('createModelTable', () => {
  it('keeps the model in use when a newer one is refused', () => {
    const table = createModelTable();
    expect(table.current('web')).toBeNull();
    expect(table.offer(record)).toEqual({ ok: true, isCurrent: true });
    const newer = { ...record, created: record.created + 1, threshold: 9 };
    expect(table.offer(newer)).toMatchObject({ ok: false, code: 'MODEL_HASH_DIFFERS' });
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
});
