import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';
import {
  CALM_EVIDENCE,
  emptySeries,
  type SeriesState,
  SMOOTHED_CELL,
  USUAL_EVIDENCE_CELL,
} from '../../../detection/series/series-state.js';
import { learn, look, seriesOf } from './fed-series.js';

const ASPECTS = ['/0', 'OfStandardDeviation/10', 'OfStep/10', 'OfStandardDeviation/60'];
/** The share that a smoothed value moves with a row when an old one counts half after two. */
const SMOOTHING = 1 - Math.SQRT1_2;

/** Noise with bursts that reach every bound: those of the z-scores, and the last one that of tails which know few points. */
function points(count: number): number[] {
  const random = seededRandom(5);
  const burst = (i: number) => (i % 170 === 169 ? 300 : 0) + (i > 500 && i < 520 ? 15 : 0);
  return Array.from({ length: count }, (_, i) => 50 + gaussian(random) + (i === 590 ? 1e9 : burst(i)));
}

/** What is said about every point of a stream, before it is learnt. */
function looks(stream: readonly number[]) {
  const series = emptySeries();
  return stream.map((x, i) => {
    const seen = { ...look(series, x), usual: series.cells[USUAL_EVIDENCE_CELL] ?? Number.NaN };
    learn(series, x, { timestamp: i, appendTime: i, event: i });
    return seen;
  });
}

const smoothedOf = ({ cells }: SeriesState): number => cells[SMOOTHED_CELL] ?? Number.NaN;
const of = (seen: Readonly<Record<string, number>>, name: string): number => seen[name] ?? Number.NaN;

describe('evidence of a series', () => {
  const stream = looks(points(600));
  const complete = [1, 10, 11, 60];

  it('by z-score is the mean over the warm aspects: of the reading smoothed and clipped at 30, else clipped at 8, on the shared scale', () => {
    let smoothed = 0;
    let clipped = 0;
    stream.forEach((seen, i) => {
      const sizes = ASPECTS.map((aspect) => Math.abs(of(seen, `zscore${aspect}`)));
      const isWarm = complete.map((after) => i + 1 - after >= 30);
      if (isWarm[0]) smoothed += SMOOTHING * (Math.min(30, sizes[0] ?? 0) - smoothed);
      const evidence = sizes.map((size, k) => (k === 0 ? smoothed : Math.min(8, size)));
      const warm = evidence.filter((_, k) => isWarm[k]);
      const mean = warm.reduce((sum, size) => sum + size, 0) / warm.length;
      const expected = warm.length === 0 ? COLD_EVIDENCE : (mean * CALM_EVIDENCE) / seen.usual;
      expect(of(seen, 'zscoreEvidence/0')).toBeCloseTo(expected, 12);
      sizes.forEach((size, k) => {
        if (isWarm[k] !== true) expect(size).toBe(0);
        if (size > (k === 0 ? 30 : 8)) clipped |= 1 << k;
      });
    });
    // Every clip was needed: the bursts reach them all.
    expect(clipped).toBe(0b1111);
  });

  it('by tail surprise is the mean over the aspects that the baseline in use knows, clipped at 30', () => {
    let clipped = 0;
    stream.forEach((seen, i) => {
      const tails = ASPECTS.map((aspect) => of(seen, `tail${aspect}`));
      // Baselines come at 30, 60 and 120 learnt points, and hold the aspects that have 30 by then.
      const known = [30, 60, 60, 120].filter((from) => i >= from).length;
      const sum = tails.slice(0, known).reduce((total, tail) => total + Math.min(30, tail), 0);
      const expected = known === 0 ? COLD_EVIDENCE : sum / known;
      expect(of(seen, 'tailEvidence/0')).toBeCloseTo(expected, 12);
      if (tails.some((tail) => tail > 30)) clipped += 1;
    });
    expect(clipped).toBeGreaterThan(0);
  });

  it('has half of a lone reading that is off left two rows later', () => {
    const series = seriesOf(Array.from({ length: 200 }, (_, i) => i % 2));
    const at = (event: number) => ({ timestamp: event, appendTime: event, event });
    learn(series, 100, at(200));
    const first = smoothedOf(series);
    expect(first).toBeGreaterThan(8);
    for (const event of [201, 202]) learn(series, 0.5, at(event));
    expect(smoothedOf(series) / first).toBeCloseTo(0.5, 1);
  });

  it('knows a series whose level is as ever by how much it moves', () => {
    const random = seededRandom(2);
    const series = seriesOf(Array.from({ length: 2000 }, () => 50 + gaussian(random)));
    for (let i = 0; i < 60; i += 1)
      learn(series, 50 + 0.01 * gaussian(random), { timestamp: i, appendTime: i, event: 2000 + i });
    const still = look(series, 50);
    expect(Math.abs(of(still, 'zscore/0'))).toBeLessThan(1);
    expect(of(still, 'zscoreOfStandardDeviation/60')).toBeLessThan(-5);
    expect(of(still, 'zscoreOfStep/10')).toBeLessThan(-2.5);
    expect(of(still, 'zscoreEvidence/0')).toBeGreaterThan(2.5);
    expect(of(still, 'tailEvidence/0')).toBeGreaterThan(3);
  });
});
