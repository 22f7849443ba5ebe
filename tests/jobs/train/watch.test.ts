import { describe, expect, it } from 'vitest';
import { createTrainingWatch, isTrainingDue } from '../../../jobs/train/watch.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING, trainedModel } from '../../support/trained-model.js';

const DAY = 86_400_000;
const policy = { minimumRows: 50, fullRows: 10_000, intervalMs: DAY };

describe('isTrainingDue', () => {
  it('trains at 50 rows, at fourfold growth up to the full number, then by append time', () => {
    const trainings: number[] = [];
    let last: { rows: number; appendTime: number } | null = null;
    for (let rows = 1; rows <= 12_000; rows += 1) {
      const now = { rows, appendTime: 1000 * rows };
      if (!isTrainingDue(now, last, policy)) continue;
      trainings.push(rows);
      last = now;
    }
    expect(trainings).toEqual([50, 200, 800, 3200, 10_000]);
    const full = { rows: 10_000, appendTime: 0 };
    expect(isTrainingDue({ rows: 90_000, appendTime: DAY - 1 }, full, policy)).toBe(false);
    expect(isTrainingDue({ rows: 10_001, appendTime: DAY }, full, policy)).toBe(true);
  });
});

describe('createTrainingWatch', () => {
  const { group: _group, parent: _parent, created: _created, ...training } = SMALL_TRAINING;
  const rows = simulateFeatures({ seed: 4, events: 320, group: 'web' });
  const warm = rows.filter(({ warmingUp }) => !warmingUp);

  it('trains each group when it has its rows, and names the version before as parent', () => {
    const watch = createTrainingWatch({ policy, training });
    for (const row of rows.slice(0, rows.length - warm.length + 49)) watch.observe(row);
    expect(watch.trainNext(1)).toBeNull();
    const versions: { version: string; parent: string | null; rows: number }[] = [];
    for (const row of warm.slice(49)) {
      watch.observe(row);
      const done = watch.trainNext(row.appendTime);
      if (done?.trained.ok) versions.push(done.trained.model);
    }
    expect(versions.map((model) => model.rows)).toEqual([50, 200]);
    expect(versions[0]?.parent).toBeNull();
    expect(versions[1]?.parent).toBe(versions[0]?.version);
  });

  it('goes on from the models that exist', () => {
    const watch = createTrainingWatch({ policy, training });
    const older = trainedModel(warm.slice(0, 50));
    const newer = trainedModel(warm.slice(0, 60), { created: older.created + 1 });
    watch.resume(newer);
    watch.resume(older);
    for (const row of warm.slice(0, 239)) watch.observe(row);
    expect(watch.trainNext(1)).toBeNull();
    watch.observe(warm[239] ?? expect.fail('no row'));
    const done = watch.trainNext(2);
    expect(done?.trained.ok && done.trained.model.parent).toBe(newer.version);
  });

  it('gives every due group its turn', () => {
    const watch = createTrainingWatch({ policy, training });
    for (const row of warm.slice(0, 60)) for (const group of ['a', 'b']) watch.observe({ ...row, group });
    expect([watch.trainNext(1)?.group, watch.trainNext(1)?.group, watch.trainNext(1)]).toEqual([
      'a',
      'b',
      null,
    ]);
  });
});
