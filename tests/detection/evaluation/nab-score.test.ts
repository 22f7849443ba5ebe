import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nabAt, nabBest, nabFile, nabSweep } from '../../../detection/evaluation/nab-score.js';
import { NAB_PROFILES, type NabSeries, nabWeights } from '../../../detection/evaluation/nab-sweep.js';
import { rising, someScore } from './arbitraries.js';

const [standard, , lowFalseNegatives] = NAB_PROFILES;
const sigmoid = (x: number): number => 2 / (1 + Math.exp(5 * x)) - 1;

/** 20 rows, 3 of them probation, one window at 10..13; scores 0 but where said. */
function series(loud: Readonly<Record<number, number>>, name = 'hand'): NabSeries {
  return {
    name,
    scores: Array.from({ length: 20 }, (_, i) => loud[i] ?? 0),
    windows: [{ start: 10, end: 13 }],
  };
}

describe('NAB score', () => {
  it('pays a window once, for its earliest alarm, and charges each false alarm', () => {
    // At 0.5: rows 11 and 12 hit (11 pays), 5 is charged in full, 15 by its distance of 2 in a window of 4; 1 is probation.
    const hand = series({ 1: 0.9, 5: 0.5, 11: 0.6, 12: 0.9, 15: 0.7 });
    const paid = sigmoid(-3 / 4) / sigmoid(-1);
    const result = nabAt([hand], standard, 0.5);
    expect(result).toMatchObject({
      truePositives: 2,
      falsePositives: 2,
      falseNegatives: 2,
      trueNegatives: 11,
    });
    expect(result.score).toBeCloseTo(paid - 0.11 + 0.11 * sigmoid(2 / 3), 15);
    expect(result.normalized).toBeCloseTo(50 * (result.score + 1), 13);
    // The best threshold stops at 12's 0.9 or goes down to 11's 0.6: 11 pays more than 15 costs.
    expect(nabBest([hand], standard)).toMatchObject({ threshold: 0.6, truePositives: 2, falsePositives: 1 });
  });

  it('lies between the null detector and the perfect one', () => {
    const perfect = series({ 10: 1 });
    // Long enough that alarming on every row costs more than missing the window.
    const silent = { ...series({}), scores: new Float64Array(60) };
    expect(nabBest([perfect, perfect], standard).normalized).toBe(100);
    expect(nabBest([silent], standard)).toMatchObject({ threshold: Number.POSITIVE_INFINITY, normalized: 0 });
    expect(nabBest([silent], lowFalseNegatives)).toMatchObject({
      nullScore: -2,
      perfectScore: 1,
      normalized: 0,
    });
  });

  it('takes one threshold for the whole corpus', () => {
    const quiet = series({ 10: 0.4 }, 'quiet');
    const noisy = series({ 4: 0.6, 5: 0.6, 6: 0.6, 7: 0.6, 10: 0.9 }, 'noisy');
    const best = nabBest([quiet, noisy], standard);
    expect(best.threshold).toBe(0.4);
    expect(best.score).toBeCloseTo(2 - 4 * 0.11, 15);
    expect(nabFile(noisy, standard, 0.7).score).toBe(1);
  });

  it('takes the highest of equally good thresholds', () => {
    // Lowering it to row 12 finds the window once more, which neither pays nor costs.
    expect(nabBest([series({ 10: 1, 12: 0.5 })], standard).threshold).toBe(1);
  });

  it('does not miss a window that lies wholly in the probation, as in NAB', () => {
    const early = { ...series({}), windows: [{ start: 0, end: 1 }] };
    expect(nabSweep([early, series({})], standard)[0]?.score).toBe(-1);
  });

  it('refuses what cannot be scored', () => {
    expect(() => nabBest([{ ...series({}), windows: [] }], standard)).toThrow(
      /no file has an anomaly window/,
    );
    expect(() => nabBest([series({ 5: Number.NaN })], standard)).toThrow(/score of row 5 is NaN/);
    expect(() => nabAt([series({})], standard, Number.NaN)).toThrow(/threshold is NaN/);
    expect(nabFile({ ...series({ 5: 1 }), windows: [] }, standard, 1).score).toBe(-0.11);
  });

  it('equals scoring each threshold afresh, and only the order of scores counts', () => {
    const corpus = fc.array(
      fc.record({
        scores: fc.array(someScore, { minLength: 8, maxLength: 40 }),
        cut: fc.nat(3),
        width: fc.nat(3),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(corpus, fc.constantFrom(...NAB_PROFILES), (files, profile) => {
        const drawn = files.map(({ scores, cut, width }, k) => ({
          name: `${k}`,
          scores,
          windows: [{ start: 2 + cut, end: Math.min(2 + cut + width, scores.length - 1) }],
        }));
        const best = nabBest(drawn, profile);
        const afresh = [Number.POSITIVE_INFINITY, ...files.flatMap(({ scores }) => scores)].map((threshold) =>
          drawn.reduce((sum, file) => sum + plainScore(file, profile, threshold), 0),
        );
        expect(best.score).toBeCloseTo(Math.max(...afresh), 12);
        expect(best.normalized).toBeGreaterThanOrEqual(0);
        expect(best.normalized).toBeLessThanOrEqual(100);
        const mapped = drawn.map((file) => ({ ...file, scores: file.scores.map(rising) }));
        expect(nabBest(mapped, profile).score).toBeCloseTo(best.score, 12);
      }),
      { numRuns: 150 },
    );
  });
});

/** One file at one threshold, from the weights alone. */
function plainScore(file: NabSeries, profile: (typeof NAB_PROFILES)[number], threshold: number): number {
  const { worth, window, probation } = nabWeights(file, profile);
  const alarms = Array.from(file.scores, (score, i) => i >= probation && score >= threshold);
  const missed = file.windows.map(({ end }) => (end < probation ? 0 : -profile.falseNegative));
  let charged = 0;
  alarms.forEach((alarm, i) => {
    const k = window[i] ?? -1;
    if (alarm && k < 0) charged += worth[i] ?? 0;
    if (alarm && k >= 0) missed[k] = Math.max(missed[k] ?? 0, worth[i] ?? 0);
  });
  return missed.reduce((sum, part) => sum + part, charged);
}
