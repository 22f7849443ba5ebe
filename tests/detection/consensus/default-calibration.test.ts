import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import type { Calibration } from '../../../detection/consensus/calibration.js';
import { createConsensus } from '../../../detection/consensus/consensus.js';
import { defaultCalibration } from '../../../detection/consensus/default-calibration.js';
import { strongestMean } from '../../../detection/detectors/strongest.js';
import { emptyHost } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';
import { drawEvidence, drawScores } from './drawn-evidence.js';

/** Raw score at the method's own alarm boundary. */
const boundaryOf = ({ median, q99, threshold }: Calibration) => median + threshold * (q99 - median);

describe('defaultCalibration', () => {
  const evidence = drawEvidence({ seed: 1, series: 128, settled: 1000, points: 1500 });

  it.each([1, 2, 3, 8, 32, 512])('matches what is said about drawn white noise of %i metrics', (count) => {
    const random = seededRandom(count);
    defaultCalibration(count).calibration.forEach(({ median, q99, method }) => {
      const drawn = method === 'zscore' ? evidence.zscore : evidence.baseline;
      const scores = drawScores(drawn, count, { draws: 40_000, random });
      const quantile = (p: number) => scores[Math.floor(p * (scores.length - 1))] ?? Number.NaN;
      expect(Math.abs(median / quantile(0.5) - 1)).toBeLessThan(0.03);
      expect(Math.abs(q99 / quantile(0.99) - 1)).toBeLessThan(0.06);
    });
  });

  it.each([1, 3, 16, 40, 700])(
    'puts the boundary of %i metrics where those that are all one stay below it',
    (d) => {
      for (const entry of defaultCalibration(d).calibration) {
        const drawn = entry.method === 'zscore' ? evidence.zscore : evidence.baseline;
        const quantile = drawn[Math.floor(0.995 * (drawn.length - 1))] ?? Number.NaN;
        // The 99.5 % quantile of 128 series that remember 60 points each is known to some per cent.
        expect(boundaryOf(entry)).toBeGreaterThan(0.92 * quantile);
      }
    },
  );

  it('rises with the number of metrics, without steps between the lines of its table', () => {
    const medians = Array.from(
      { length: 600 },
      (_, i) => defaultCalibration(i + 1).calibration[0]?.median ?? 0,
    );
    for (let i = 1; i < medians.length; i += 1) {
      expect((medians[i] ?? 0) - (medians[i - 1] ?? 0)).toBeGreaterThanOrEqual(0);
      expect((medians[i] ?? 0) - (medians[i - 1] ?? 0)).toBeLessThan(0.2);
    }
  });
});

describe('a stream of three metrics before its first model', () => {
  const EVENTS = 1000;

  /** Shown scores after the warm-up of one stream of white noise whose last event has a reading `spike` deviations off. */
  function shownScores(seed: number, spike: number): number[] {
    const random = seededRandom(seed);
    const host = emptyHost();
    const consensus = createConsensus({ ...defaultCalibration(3), mode: 'mean' });
    return Array.from({ length: EVENTS }, (_, event) => {
      const values = [0, 1, 2].map(() => 50 + 5 * gaussian(random));
      if (event === EVENTS - 1) values[0] = 50 + 5 * spike;
      const at = 60_000 * event;
      const seen = observe(
        host,
        { timestamp: at, appendTime: at, metrics: ['a', 'b', 'c'], values },
        86_400_000,
      );
      const valuesOf = (name: string) => seen.statistics.find((one) => one.name === name)?.values ?? [];
      const readings = [
        { name: 'zscore', raw: strongestMean(valuesOf('zscoreEvidence')) },
        ...(seen.baseline === null
          ? []
          : [{ name: 'baseline', raw: strongestMean(valuesOf('tailEvidence')) }]),
      ];
      return seen.warmingUp ? 0 : consensus.decide(readings, true).score;
    });
  }

  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

  it('is quiet: fewer than 3 events in 1,000 are shown above the boundary', () => {
    const over = seeds.flatMap((seed) => shownScores(seed, 0)).filter((score) => score > 0.5).length;
    expect(over / (seeds.length * EVENTS)).toBeLessThan(0.003);
  });

  it.each([
    [10, 0.95],
    [12, 1],
  ])(
    'shows one reading %i deviations off above the boundary, in a share of %f of the streams',
    (spike, share) => {
      const found = seeds.filter((seed) => (shownScores(seed, spike).at(-1) ?? 0) > 0.5).length;
      expect(found / seeds.length).toBeGreaterThanOrEqual(share);
    },
  );
});
