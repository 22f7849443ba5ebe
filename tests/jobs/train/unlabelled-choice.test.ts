import { describe, expect, it } from 'vitest';
import { openScorer } from '../../../cli/live-steps.js';
import { readSettings } from '../../../common/config.js';
import { compactRow } from '../../../jobs/compact-row.js';
import { searchParameters } from '../../../jobs/train/search.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING } from '../../support/trained-model.js';

const ROWS = 2_000;
/** Where the rows begin that choose: 70 % of those that are warm, and a gap. */
const CHOOSING = 1_470;
const OWN = 0.015;
const SEEDS = [21, 22, 23];

const score = readSettings(scoreSettings, { values: {}, readFile: () => '' });

/** Searches unlabelled rows of noise, disturbed from row to row; returns what was chosen and what it came to. */
async function searched(seed: number, disturb: (row: number, values: number[]) => void = () => undefined) {
  const rows = simulateFeatures({ seed, events: ROWS, group: 'web', disturb }).map(compactRow);
  const search = await searchParameters(
    rows.map((row) => ({ row, label: null })),
    {
      training: { ...SMALL_TRAINING, contamination: OWN },
      grid: { trees: [30], contaminations: [0.002, 0.005, 0.01, OWN, 0.05, 0.1] },
      openScorer: () => openScorer(score),
      monotonicNow: () => 0,
      onProgress: () => undefined,
    },
  );
  if (!search.ok) throw new Error(`${search.missing} rows are missing`);
  const shares = search.report.candidates.map(({ contamination, validation, affordable }) => ({
    contamination,
    share: 'alarmShare' in validation ? validation.alarmShare : Number.NaN,
    affordable,
  }));
  return { chosen: search.report.chosen.contamination, shares };
}

/** Spreads the readings around the mean of their metric. */
const spread = (factor: number, from: number) => (row: number, values: number[]) => {
  if (row < from) return;
  for (const [i, value] of values.entries()) {
    const mean = 40 + 10 * i;
    values[i] = mean + factor * (value - mean);
  }
};

/** The asked-for share, twice over: what a boundary may leave above it. */
const MOST = 2 * OWN;

describe('the contamination that is chosen without labels', () => {
  it('is the asked-for one on rows that stay as they are, whatever lower ones would find', async () => {
    for (const seed of SEEDS) {
      const { chosen, shares } = await searched(seed);
      expect(chosen, `seed ${seed}`).toBe(OWN);
      expect(shares.find(({ contamination }) => contamination === OWN)?.share).toBeLessThan(MOST);
    }
  });

  it('is the asked-for one where an incident lies in the rows that choose: no training takes it for normal', async () => {
    for (const seed of SEEDS) {
      const { chosen, shares } = await searched(seed, (row, values) => {
        if (row >= CHOOSING + 60 && row < CHOOSING + 90) values.fill(120);
      });
      expect(chosen, `seed ${seed}`).toBe(OWN);
      expect(shares.find(({ contamination }) => contamination === OWN)).toMatchObject({ affordable: true });
    }
  });

  it('is lower where readings have spread since: the largest whose boundary still holds', async () => {
    const choices: number[] = [];
    for (const seed of SEEDS) {
      const { chosen, shares } = await searched(seed, spread(1.14, CHOOSING));
      const holding = shares.filter(({ contamination, share }) => contamination <= OWN && share <= MOST);
      expect(chosen, `seed ${seed}`).toBe(Math.max(...holding.map(({ contamination }) => contamination)));
      choices.push(chosen);
    }
    expect(Math.min(...choices)).toBeLessThan(OWN);
  });

  it('is the asked-for one where no boundary holds: the model is trained anew on all rows, with those that have changed', async () => {
    const { chosen, shares } = await searched(21, spread(1.6, CHOOSING));
    expect(shares.some(({ affordable }) => affordable)).toBe(false);
    expect(chosen).toBe(OWN);
  });
});
