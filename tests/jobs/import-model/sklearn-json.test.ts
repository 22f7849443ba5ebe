import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../common/registry/content-hash.js';
import { sklearnModel } from '../../../jobs/import-model/core.js';
import { readSklearnJson } from '../../../jobs/import-model/sklearn-json.js';
import { modelFromJson, modelToJson } from '../../../schemas/model-json.js';

const STUMP = {
  children_left: [1, -1, -1],
  children_right: [2, -1, -1],
  feature: [0, -2, -2],
  threshold: [0.5, -2, -2],
  n_node_samples: [4, 1, 3],
};
const FOREST = { n_features: 2, max_samples: 4, trees: [STUMP] };
const IMPORT = { group: 'web', created: 1_800_000_000_000 };

describe('reading a scikit-learn forest', () => {
  it('passes over what it does not know and takes the usual offset', () => {
    expect(readSklearnJson(JSON.stringify({ ...FOREST, sklearn: '1.9.1' }))).toEqual({
      ...FOREST,
      offset: -0.5,
      featureNames: null,
    });
  });

  it.each([
    ['no JSON', 'forest', /no JSON/],
    ['no trees', JSON.stringify({ ...FOREST, trees: [] }), /trees/],
    ['a text for a number', JSON.stringify({ ...FOREST, n_features: 'two' }), /n_features/],
    ['too few names', JSON.stringify({ ...FOREST, feature_names: ['cpu'] }), /1 names for 2/],
    ['a name twice', JSON.stringify({ ...FOREST, feature_names: ['cpu', 'cpu'] }), /twice/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readSklearnJson(text)).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringMatching(message) }),
    );
  });
});

describe('the model of a scikit-learn forest', () => {
  it('survives its file, and carries its boundary and its hash', () => {
    const model = sklearnModel({ ...FOREST, offset: -0.6, featureNames: ['cpu', 'memory'] }, IMPORT);
    expect(model).toMatchObject({ model: 'iforest.web', threshold: 0.6, trees: 1, subsampleSize: 4 });
    expect(model.contentHash).toBe(contentHash(model));
    expect(modelFromJson(modelToJson(model))).toEqual({ ok: true, value: expect.objectContaining(model) });
  });

  it('refuses trees that are no trees', () => {
    const loop = { ...STUMP, children_left: [0, -1, -1] };
    const file = { ...FOREST, trees: [loop], offset: -0.5, featureNames: null };
    expect(() => sklearnModel(file, IMPORT)).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }));
  });
});
