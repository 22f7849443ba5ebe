import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../detection/evaluation/average-precision.js';
import { alarmQuality, bestF1 } from '../../../detection/evaluation/f-score.js';
import { pointAdjustedBestF1 } from '../../../detection/evaluation/point-adjusted-f1.js';
import { rocAuc } from '../../../detection/evaluation/roc-auc.js';
import { volumeUnderSurface } from '../../../detection/evaluation/volume-under-surface.js';
import { labelledStream, rising } from './arbitraries.js';

const runs = { numRuns: 200 };

describe('ranking metrics, properties', () => {
  it('ROC-AUC is the share of pairs in the right order, ties half', () => {
    fc.assert(
      fc.property(labelledStream, ({ labels, scores }) => {
        let pairs = 0;
        let right = 0;
        scores.forEach((high, i) => {
          scores.forEach((low, j) => {
            if (labels[i] !== 1 || labels[j] !== 0) return;
            pairs += 1;
            right += high > low ? 1 : high === low ? 0.5 : 0;
          });
        });
        expect(rocAuc(labels, scores)).toBe(right / pairs);
      }),
      runs,
    );
  });

  it('turned scores and swapped labels mirror the ROC-AUC', () => {
    fc.assert(
      fc.property(labelledStream, ({ labels, scores }) => {
        const area = rocAuc(labels, scores);
        const turned = scores.map((score) => -score);
        expect(rocAuc(labels, turned)).toBeCloseTo(1 - area, 14);
        expect(
          rocAuc(
            labels.map((label) => 1 - label),
            turned,
          ),
        ).toBeCloseTo(area, 14);
      }),
      runs,
    );
  });

  it('a rising map of the scores changes no figure, only the threshold', () => {
    fc.assert(
      fc.property(labelledStream, ({ labels, scores }) => {
        const mapped = scores.map(rising);
        expect(rocAuc(labels, mapped)).toBe(rocAuc(labels, scores));
        expect(averagePrecision(labels, mapped)).toBe(averagePrecision(labels, scores));
        expect(bestF1(labels, mapped).f1).toBe(bestF1(labels, scores).f1);
        expect(bestF1(labels, mapped).threshold).toBe(rising(bestF1(labels, scores).threshold));
        expect(pointAdjustedBestF1(labels, mapped).f1).toBe(pointAdjustedBestF1(labels, scores).f1);
        const settings = { window: 4, thresholds: 20 };
        expect(volumeUnderSurface(labels, mapped, settings)).toEqual(
          volumeUnderSurface(labels, scores, settings),
        );
      }),
      runs,
    );
  });

  it('best F1 is the largest F1 over the scores as thresholds, and point adjustment never lowers it', () => {
    fc.assert(
      fc.property(labelledStream, ({ labels, scores }) => {
        const best = bestF1(labels, scores);
        const all = scores.map((threshold) => alarmQuality(labels, scores, threshold).f1);
        expect(best.f1).toBe(Math.max(...all));
        expect(alarmQuality(labels, scores, best.threshold).f1).toBe(best.f1);
        expect(pointAdjustedBestF1(labels, scores).f1).toBeGreaterThanOrEqual(best.f1);
      }),
      runs,
    );
  });

  it('perfect scores give 1 everywhere, useless ones give chance', () => {
    fc.assert(
      fc.property(labelledStream, ({ labels }) => {
        expect(rocAuc(labels, labels)).toBe(1);
        expect(averagePrecision(labels, labels)).toBe(1);
        expect(bestF1(labels, labels)).toEqual({ f1: 1, threshold: 1 });
        const flat = labels.map(() => 7);
        const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
        expect(rocAuc(labels, flat)).toBe(0.5);
        expect(averagePrecision(labels, flat)).toBeCloseTo(share, 14);
      }),
      runs,
    );
  });
});
