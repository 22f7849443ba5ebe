import { describe, expect, it } from 'vitest';
import { createTrainingWatch, isReferenceDue, isTrainingDue } from '../../../jobs/train/watch.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
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

describe('isReferenceDue', () => {
  const hourly = { blockMs: 3_600_000, windowBlocks: 24 };
  const last = { rows: 90_000, appendTime: 5 * DAY };

  it('is due when there are new references, a quarter of a window after the last training', () => {
    const at = (days: number, fresh: number) => ({ fresh, appendTime: days * DAY });
    expect(isReferenceDue(at(5.3, 1), last, hourly)).toBe(true);
    expect(isReferenceDue(at(5.2, 900), last, hourly)).toBe(false);
    expect(isReferenceDue(at(9, 0), last, hourly)).toBe(false);
    expect(isReferenceDue(at(9, 1), null, hourly)).toBe(false);
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

  it('trains a group once when hosts have got their history, and carries on what the topic knows', () => {
    const drift = { blockMs: 1_000, windowBlocks: 40, minRows: 20 };
    const start = () => createTrainingWatch({ policy, training: { ...training, drift } });
    const watch = start();
    const versions: ModelVersion[] = [];
    for (const row of warm.slice(0, 240)) {
      watch.observe(row);
      while (watch.buildReferences());
      const done = watch.trainNext(row.appendTime);
      if (done?.trained.ok) versions.push(done.trained.model);
    }
    expect(versions.map(({ rows: count, reference }) => [count, reference.length])).toEqual([
      [50, 0],
      [200, 0],
      [210, 3],
    ]);

    const second = start();
    for (const version of versions) second.resume(version);
    for (const row of warm.slice(30)) second.observe(row);
    while (second.buildReferences());
    expect(second.trainNext(1)).toBeNull();
    const trained = versions.at(-1) ?? expect.fail('no version');
    const later = { ...trained, version: 'v9-cccccccc', created: trained.created + 1, reference: [] };
    watch.resume(later);
    for (const row of warm.slice(0, 230)) watch.observe({ ...row, appendTime: row.appendTime + DAY });
    while (watch.buildReferences());
    const next = watch.trainNext(trained.created + DAY);
    expect(next?.newReferences).toBe(3);
    expect(next?.trained.ok && next.trained.model.parent).toBe('v9-cccccccc');
  });
});
