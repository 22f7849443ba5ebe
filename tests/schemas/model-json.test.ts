import { describe, expect, it } from 'vitest';
import { contentHash } from '../../common/registry/content-hash.js';
import { modelFromJson, modelToJson } from '../../schemas/model-json.js';
import { type ModelVersion, modelVersionCodec } from '../../schemas/model-version.js';
import { simulateFeatures } from '../support/simulated-features.js';
import { trainedModel } from '../support/trained-model.js';

const trained = trainedModel(simulateFeatures({ seed: 3, events: 200, group: 'web' }), { trees: 5 });

function readBack(model: ModelVersion): ModelVersion {
  const decoded = modelFromJson(modelToJson(model));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
}

describe('a model as JSON', () => {
  it('comes back byte for byte, and with the hash that it was trained with', () => {
    const back = readBack(trained);
    expect(modelVersionCodec.encode(back).equals(modelVersionCodec.encode(trained))).toBe(true);
    expect(contentHash(back)).toBe(trained.contentHash);
  });

  it('is the same text for the same model, whatever the order of its fields in memory', () => {
    const reversed = Object.fromEntries(Object.entries(trained).reverse()) as unknown as ModelVersion;
    expect(modelToJson(reversed)).toBe(modelToJson(trained));
    expect(modelToJson(readBack(trained))).toBe(modelToJson(trained));
  });

  it('keeps the sign of a zero: the content hash sees it', () => {
    const [first, ...others] = trained.features;
    if (first === undefined) throw new Error('no features');
    const odd = { ...trained, features: [{ ...first, centre: -0 }, ...others] };
    expect(Object.is(readBack(odd).features[0]?.centre, -0)).toBe(true);
    expect(contentHash(readBack(odd))).toBe(contentHash(odd));
  });

  it('reads a file without a field that has a default', () => {
    const { parent: _, ...rest } = JSON.parse(modelToJson(trained)) as Record<string, unknown>;
    expect(modelFromJson(JSON.stringify(rest))).toMatchObject({ ok: true, value: { parent: null } });
  });

  it.each([
    ['no JSON', 'forest', /JSON/],
    ['another object', '{}', /model\.model is not present/],
    ['a list', '[]', /an object/],
    ['a text for a number', modelToJson(trained).replace(/"trees":5/, '"trees":"five"'), /model\.trees/],
    ['bytes that are no base64', modelToJson(trained).replace(/"forest":"/, '"forest":"?'), /model\.forest/],
    ['a scale of 0', modelToJson(trained).replace(/"scale":[^}]+/, '"scale":0'), /scale/],
  ])('refuses %s, and says where', (_, text, reason) => {
    expect(modelFromJson(text)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});
