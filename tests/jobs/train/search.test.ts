import { describe, expect, it } from 'vitest';
import { openScorer } from '../../../cli/live-steps.js';
import { readSettings } from '../../../common/config.js';
import { compactRow } from '../../../jobs/compact-row.js';
import { train } from '../../../jobs/train/core.js';
import { fitRows } from '../../../jobs/train/fitted.js';
import type { LabelledRow } from '../../../jobs/train/judge.js';
import { type SearchOptions, searchParameters } from '../../../jobs/train/search.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING } from '../../support/trained-model.js';

const ROWS = 2000;
const isIncident = (row: number) => row % 100 >= 80 && row % 100 < 90;
const normal = simulateFeatures({ seed: 11, events: ROWS, group: 'web' }).map(compactRow);
const eventful = simulateFeatures({
  seed: 11,
  events: ROWS,
  group: 'web',
  disturb: (row, values) => {
    for (const i of values.keys()) values[i] = (values[i] ?? 0) + (isIncident(row) ? 12 : 0);
  },
}).map(compactRow);
const unlabelled = (rows: typeof normal): LabelledRow[] => rows.map((row) => ({ row, label: null }));
const labelled = eventful.map((row, i) => ({ row, label: Number(isIncident(i)) }));

const score = readSettings(scoreSettings, { values: {}, readFile: () => '' });
const options = (changes: Partial<SearchOptions> = {}): SearchOptions => ({
  training: { ...SMALL_TRAINING, contamination: 0.015 },
  grid: { trees: [10, 30], contaminations: [0.01, 0.015, 0.05, 0.1] },
  openScorer: () => openScorer(score),
  monotonicNow: () => performance.now(),
  onProgress: () => undefined,
  ...changes,
});

async function searched(rows: readonly LabelledRow[], changes: Partial<SearchOptions> = {}) {
  const search = await searchParameters(rows, options(changes));
  if (!search.ok) throw new Error(`${search.missing} rows are missing`);
  return search.report;
}

describe('fitRows', () => {
  const rare = simulateFeatures({
    seed: 14,
    events: ROWS,
    group: 'web',
    disturb: (row, values) => {
      if (row % 700 >= 690) values.fill(120);
    },
  });
  it.each([
    ['normal rows', normal],
    ['rows with a few incidents, which are not learnt', rare],
    ['rows that are full of them', eventful],
    [
      'rows of one metric, whose scores have news in them',
      simulateFeatures({ seed: 15, events: ROWS, group: 'web', metrics: ['memory'] }),
    ],
  ])('comes to the boundaries that training itself comes to on %s, by one fit for all', (_, given) => {
    const rows = given.filter(({ warmingUp }) => !warmingUp);
    const { training, ...rest } = options();
    const fitted = fitRows(rows, { training, ...rest });
    const thresholds = [0.015, 0.01, 0.05, 0.1].map((contamination) => {
      const trained = train(rows, { ...SMALL_TRAINING, contamination });
      if (!trained.ok) throw new Error(trained.reason);
      return { contamination, threshold: trained.model.threshold };
    });
    const own = thresholds[0]?.threshold ?? Number.NaN;
    for (const { contamination, threshold } of thresholds)
      expect(fitted.boundary(contamination)).toBeCloseTo(threshold / own, 9);
  });
});

describe('searchParameters', () => {
  it('tries every point, by injected anomalies where nothing is labelled, and says the same twice', async () => {
    const report = await searched(unlabelled(normal));
    expect(report.criterion).toBe('injections');
    expect(report.candidates).toHaveLength(8);
    expect(report.rows.train).toBeGreaterThan(4 * report.rows.validation);
    expect(report.candidates.every(({ validation }) => 'injectedRecall' in validation)).toBe(true);
    expect(report.stability).toBeGreaterThan(0.5);
    const again = await searched(unlabelled(normal));
    expect(again.chosen).toEqual(report.chosen);
    expect(again.test).toEqual(report.test);
  });

  it('chooses by labels where validation has both kinds, and judges the choice by rows it has not seen', async () => {
    const report = await searched(labelled);
    expect(report).toMatchObject({ criterion: 'labels', testCriterion: 'labels' });
    // A tenth of the rows are incidents: a boundary for one in a hundred finds a tenth of them at best.
    expect(report.chosen.contamination).toBe(0.1);
    const best = Math.max(...report.candidates.map(({ f1 }) => f1));
    expect(report.candidates.find(({ contamination }) => contamination === 0.015)?.f1).toBeLessThan(best);
    expect(report.test).toMatchObject({ rocAuc: expect.any(Number), precision: expect.any(Number) });
  });

  it('never lets a label into a fit', async () => {
    const one = {
      training: { ...SMALL_TRAINING, trees: 10 },
      grid: { trees: [10], contaminations: [0.01] },
    };
    const without = await searched(unlabelled(eventful), one);
    const chosen = await searched(labelled, one);
    expect(chosen.stability).toBe(without.stability);
  });

  it('refuses fewer than 1,000 warm rows and says how many are missing', async () => {
    const warm = normal.filter(({ warmingUp }) => !warmingUp).slice(0, 999);
    await expect(searchParameters(unlabelled(warm), options())).resolves.toEqual({ ok: false, missing: 1 });
  });
});
