import { describe, expect, it } from 'vitest';
import { modelLines } from '../../../../cli/commands/models/list.js';
import { findModel } from '../../../../cli/commands/models/show.js';
import { table } from '../../../../cli/commands/models/table.js';
import { byAge } from '../../../../common/registry/models-topic.js';
import { simulateFeatures } from '../../../support/simulated-features.js';
import { trainedModel } from '../../../support/trained-model.js';

const rows = simulateFeatures({ seed: 3, events: 150 });
const model = (group: string, created: number) =>
  trainedModel(rows, { group, created, trees: 2, subsampleSize: 8 });
const models = [model('web', 3_000), model('db', 2_000), model('web', 1_000)].sort(byAge);

describe('models list', () => {
  it('marks the newest version of every group as the current one', () => {
    expect(modelLines(models).map(({ group, created, current }) => [group, created, current])).toEqual([
      ['web', 1_000, false],
      ['db', 2_000, true],
      ['web', 3_000, true],
    ]);
  });

  it('aligns its columns', () => {
    expect(table(['A', 'LONG'], [['value', 'x']])).toBe('A      LONG\nvalue  x');
  });
});

describe('models show', () => {
  it('finds the newest version that a group, a name or a version fits', () => {
    const [oldest] = models;
    if (oldest === undefined) throw new Error('no models');
    expect(findModel(models, 'web').created).toBe(3_000);
    expect(findModel(models, 'iforest.web').created).toBe(3_000);
    expect(findModel(models, oldest.version).created).toBe(1_000);
    expect(findModel(models, `${oldest.model}/${oldest.version}`).created).toBe(1_000);
  });

  it('says where to look when there is none', () => {
    expect(() => findModel(models, 'mail')).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN', message: expect.stringContaining('models list') }),
    );
  });
});
