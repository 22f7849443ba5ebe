import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/random.js';
import { defaultCalibration } from '../../../detection/consensus/default-calibration.js';
import { createBaselineDetector } from '../../../detection/detectors/baseline.js';
import { createZscoreDetector } from '../../../detection/detectors/zscore.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';
import { calibrateMethods } from '../../../jobs/train/calibrate.js';

const OPTIONS = {
  detectors: [createZscoreDetector(), createBaselineDetector()],
  contamination: 0.01,
  minimumRows: 50,
  seen: [],
};

/** Rows of two metrics with these evidences each; the baseline method knows the first `published` of them only. */
function rowsOf(evidence: readonly number[], published = evidence.length) {
  const surprise = (value: number, i: number) => (i < published ? 2 * value : COLD_EVIDENCE);
  return evidence.map((value, i) => ({
    host: 'web-1',
    metrics: ['cpu', 'disk'],
    values: [0, 0],
    statistics: [
      { name: 'zscoreEvidence', window: 0, values: [value, value] },
      { name: 'tailEvidence', window: 0, values: [surprise(value, i), surprise(value, i)] },
    ],
    baseline: null,
  }));
}

const random = seededRandom(1);
const drawn = Array.from({ length: 2001 }, () => -Math.log(1 - random()));

describe('calibrateMethods', () => {
  it('takes median, 99 % quantile and boundary from what the methods say about the rows', () => {
    const { calibration, threshold } = calibrateMethods(rowsOf(drawn), OPTIONS);
    const sorted = [...drawn].sort((a, b) => a - b);
    const [zscore, baseline] = calibration;
    expect(zscore).toMatchObject({ method: 'zscore', median: sorted[1000], q99: sorted[1980], threshold: 1 });
    expect(baseline?.median).toBeCloseTo(2 * (sorted[1000] ?? 0), 12);
    expect(baseline?.q99).toBeCloseTo(2 * (sorted[1980] ?? 0), 12);
    // Both say the same here, so their mean has the boundary of either.
    expect(threshold).toBeCloseTo(1, 12);
  });

  it('keeps a method that hardly any row warms up at what independent metrics show', () => {
    const { calibration } = calibrateMethods(rowsOf(drawn, 49), OPTIONS);
    expect(calibration[1]).toEqual(defaultCalibration(2).calibration[1]);
    expect(calibrateMethods(rowsOf(drawn, 50), OPTIONS).calibration[1]).not.toEqual(calibration[1]);
  });

  it('takes the whole least spread to leave scores that are all one', () => {
    const { calibration, threshold } = calibrateMethods(rowsOf(drawn.map(() => 2)), OPTIONS);
    expect(calibration[0]).toEqual({ method: 'zscore', median: 2, q99: 2.5, threshold: 1 });
    expect(threshold).toBe(1);
  });

  it('leaves at most a fifth of all rows above the boundary, whatever quiet rows say', () => {
    const quiet = rowsOf(drawn);
    const { calibration, threshold } = calibrateMethods(quiet, OPTIONS);
    const loud = rowsOf(drawn.map(() => 100));
    const seldom = calibrateMethods(quiet, { ...OPTIONS, seen: [...quiet, ...loud.slice(0, 400)] });
    expect(seldom).toEqual({ calibration, threshold });
    const often = calibrateMethods(quiet, { ...OPTIONS, seen: [...quiet, ...loud] });
    expect(often.calibration).toEqual(calibration);
    expect(often.threshold).toBeGreaterThan(5 * threshold);
  });
});
