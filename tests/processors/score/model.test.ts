import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../common/registry/content-hash.js';
import { finish } from '../../../detection/isolation-forest/steps.js';
import { compileModel, compileSteps, type ScoringModel } from '../../../processors/score/model.js';
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
    [
      'a host without a scale for every feature',
      'MODEL_FEATURES_INVALID',
      rehashed({ scaling: record.scaling.map((one) => ({ ...one, scales: one.scales.slice(1) })) }),
    ],
    [
      'a host with a scale of 0',
      'MODEL_FEATURES_INVALID',
      rehashed({ scaling: record.scaling.map((one) => ({ ...one, scales: one.scales.map(() => 0) })) }),
    ],
    ['a changed scaling', 'MODEL_HASH_DIFFERS', { ...record, scaling: [] }],
    ['no spread', 'MODEL_CALIBRATION_INVALID', rehashed({ calibration: [{ ...entry, q99: entry.median }] })],
    ['no calibration', 'MODEL_CALIBRATION_INVALID', rehashed({ calibration: [] })],
    ['a boundary of 0', 'MODEL_CALIBRATION_INVALID', rehashed({ threshold: 0 })],
  ])('refuses %s', (_, code, broken) => {
    expect(compileModel(broken)).toMatchObject({ ok: false, code });
  });
});

describe('compileSteps', () => {
  it('takes some steps for every tree, and ends with what compileModel returns', () => {
    const steps = compileSteps(record);
    let count = 1;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count += 1;
    expect(count).toBeGreaterThan(2 * record.trees);
    const whole = compileModel(record);
    if (!step.value.ok || !whole.ok) throw new Error('the model is refused');
    expect(step.value.model.version).toBe(record.version);
    expect(step.value.model.forest).toEqual(whole.model.forest);
    expect(explained(step.value.model)).toEqual(explained(whole.model));
  });

  it('looks at one host to a step, for the hash and for its numbers', () => {
    const [one] = record.scaling;
    if (one === undefined) throw new Error('the model has no host');
    const scaling = Array.from({ length: 50 }, (_, i) => ({ ...one, host: `host-${i}` }));
    const few = stepCount(record);
    expect(stepCount(rehashed({ scaling })) - few).toBe(2 * (50 - record.scaling.length));
    const broken = scaling.with(49, { ...one, host: 'host-49', scales: one.scales.map(() => Number.NaN) });
    expect(compileModel(rehashed({ scaling: broken }))).toMatchObject({
      code: 'MODEL_FEATURES_INVALID',
      reason: expect.stringContaining('host-49'),
    });
  });

  it('does nothing of a forest that is refused before it', () => {
    expect(compileSteps(rehashed({ kind: 'random-cut-forest' })).next().done).toBe(true);
    expect(finish(compileSteps({ ...record, threshold: 9 }))).toMatchObject({ code: 'MODEL_HASH_DIFFERS' });
  });
});

function stepCount(model: ModelVersion): number {
  const steps = compileSteps(model);
  let count = 1;
  while (steps.next().done !== true) count += 1;
  return count;
}

function explained({ explainer, inputs }: ScoringModel): Float64Array[] {
  const row = Float64Array.from({ length: inputs.featureCount }, (_, i) => Math.sin(i));
  const shap = new Float64Array(explainer.playerCount);
  const pathLength = new Float64Array(1);
  explainer.explainBatch(row, 1, shap, pathLength);
  return [shap, pathLength];
}
