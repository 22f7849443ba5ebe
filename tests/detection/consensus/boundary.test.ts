import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { alarmBoundary } from '../../../detection/consensus/boundary.js';
import { defaultCalibration } from '../../../detection/consensus/default-calibration.js';
import { strongestMean } from '../../../detection/detectors/strongest.js';

describe('alarmBoundary', () => {
  it('is the quantile of the scores when there are enough', () => {
    const scores = Float64Array.from({ length: 2001 }, (_, i) => i / 2000);
    expect(alarmBoundary(scores, 0.01)).toBeCloseTo(0.99, 12);
    expect(alarmBoundary(scores.slice(0, 101), 0.2)).toBeCloseTo(0.04, 12);
  });

  it('reaches beyond the largest of few scores, so that live events do not alarm at every turn', () => {
    let alarms = 0;
    let alarmsAboveMaximum = 0;
    const trials = 200;
    for (let seed = 0; seed < trials; seed += 1) {
      const random = seededRandom(seed);
      const draw = (count: number) => Float64Array.from({ length: count }, () => -Math.log(1 - random()));
      const training = draw(60);
      const boundary = alarmBoundary(training, 0.01);
      const live = draw(200);
      alarms += live.filter((score) => score > boundary).length;
      alarmsAboveMaximum += live.filter((score) => score > Math.max(...training)).length;
    }
    expect(alarms / (200 * trials)).toBeLessThan(0.012);
    expect(alarms).toBeLessThan(alarmsAboveMaximum);
  });

  it('stays finite for constant scores and a contamination of 0', () => {
    expect(alarmBoundary(new Float64Array(60).fill(2), 0.01)).toBe(2);
    expect(
      Number.isFinite(
        alarmBoundary(
          Float64Array.from({ length: 60 }, (_, i) => i),
          0,
        ),
      ),
    ).toBe(true);
  });
});

describe('defaultCalibration', () => {
  it.each([1, 2, 3, 8, 32])('matches drawn normal scores of %i metrics', (metricCount) => {
    const random = seededRandom(metricCount);
    const draws = 40_000;
    const sorted = (draw: () => number) =>
      Float64Array.from({ length: draws }, () =>
        strongestMean(Array.from({ length: metricCount }, draw)),
      ).sort();
    const scores = [sorted(() => gaussian(random)), sorted(() => -Math.log(1 - random()))];
    defaultCalibration(metricCount).calibration.forEach(({ median, q99, threshold }, i) => {
      const quantile = (p: number) => scores[i]?.[Math.floor(p * (draws - 1))] ?? Number.NaN;
      expect(Math.abs(median / quantile(0.5) - 1)).toBeLessThan(0.03);
      expect(Math.abs(q99 / quantile(0.99) - 1)).toBeLessThan(0.05);
      expect(median + threshold * (q99 - median)).toBeGreaterThan(0.94 * quantile(0.999));
    });
  });

  it('puts the boundary where even metrics that are all one stay below it', () => {
    for (const metricCount of [1, 3, 16, 40, 700]) {
      const [zscore, baseline] = defaultCalibration(metricCount).calibration;
      const raw = (entry: typeof zscore) =>
        entry === undefined ? 0 : entry.median + entry.threshold * (entry.q99 - entry.median);
      expect(raw(zscore)).toBeGreaterThanOrEqual(3.29);
      expect(raw(baseline)).toBeGreaterThanOrEqual(6.9);
    }
  });

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
