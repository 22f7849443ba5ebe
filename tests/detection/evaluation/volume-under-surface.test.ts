import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segments } from '../../../detection/evaluation/segments.js';
import { volumeUnderSurface } from '../../../detection/evaluation/volume-under-surface.js';
import { labelledStream } from './arbitraries.js';
import { EVALUATION_VECTORS } from './vectors.js';

/** The definition, threshold by threshold and row by row, without any sharing of work. */
function bruteForce(labels: number[], scores: number[], window: number, thresholds: number) {
  const n = labels.length;
  const strict = segments(labels);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const descending = [...scores].sort((a, b) => b - a);
  const distance = (i: number, s: { start: number; end: number }) => Math.max(s.start - i, i - s.end, 0);
  let roc = 0;
  let pr = 0;
  for (let buffer = 0; buffer <= window; buffer += 1) {
    const half = Math.floor(buffer / 2);
    const near = labels.map((_, i) => strict.filter((s) => distance(i, s) <= half));
    const weight = labels.map((label, i) =>
      label === 1
        ? 1
        : Math.min(
            1,
            (near[i] ?? []).reduce((sum, s) => sum + Math.sqrt(1 - distance(i, s) / buffer), 0),
          ),
    );
    // Buffered segments are joined where their buffers share a row.
    const groups: (typeof strict)[] = [];
    for (const s of strict) {
      const last = groups.at(-1);
      const before = last?.at(-1);
      if (last !== undefined && before !== undefined && before.end + half >= s.start - half) last.push(s);
      else groups.push([s]);
    }
    const points = [{ tpr: 0, fpr: 0, precision: 1 }];
    for (let k = 0; k < thresholds; k += 1) {
      const place = k === thresholds - 1 ? n - 1 : Math.trunc(k * ((n - 1) / (thresholds - 1)));
      const alarm = scores.map((score) => (score >= (descending[place] ?? 0) ? 1 : 0));
      const hit = alarm.reduce<number>((sum, a, i) => sum + a * (weight[i] ?? 0), 0);
      const blurred = labels.reduce((sum, l, i) => sum + (l || (alarm[i] ?? 0) * (weight[i] ?? 0)), 0);
      const mass = (positives + blurred) / 2;
      const alarms = alarm.reduce<number>((sum, a) => sum + a, 0);
      const touched = groups.filter((group) =>
        alarm.some((a, i) => {
          const [first, last] = [group[0], group.at(-1)];
          return a && first && last && i >= first.start - half && i <= last.end + half;
        }),
      ).length;
      const tpr = (Math.min(hit / mass, 1) * touched) / groups.length;
      points.push({ tpr, fpr: (alarms - hit) / (n - mass), precision: hit / alarms });
    }
    points.slice(1).forEach((point, k) => {
      pr += (point.tpr - (points[k]?.tpr ?? 0)) * point.precision;
    });
    points.push({ tpr: 1, fpr: 1, precision: 0 });
    points.slice(1).forEach((point, k) => {
      const before = points[k] ?? point;
      roc += ((point.fpr - before.fpr) * (point.tpr + before.tpr)) / 2;
    });
  }
  return { roc: roc / (window + 1), precisionRecall: pr / (window + 1) };
}

describe('volume under the surface', () => {
  it.each(EVALUATION_VECTORS)('equals the package vus 0.0.6 on $name', (vector) => {
    const volumes = volumeUnderSurface(vector.label, vector.score, { window: 20 });
    expect(Math.abs(volumes.roc - vector.vus_roc_w20)).toBeLessThan(1e-12);
    expect(Math.abs(volumes.precisionRecall - vector.vus_pr_w20)).toBeLessThan(1e-12);
  });

  it('equals its definition on segments that touch, overlap and end the stream', () => {
    fc.assert(
      fc.property(
        labelledStream,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 2, max: 60 }),
        ({ labels, scores }, window, thresholds) => {
          const fast = volumeUnderSurface(labels, scores, { window, thresholds });
          const slow = bruteForce(labels, scores, window, thresholds);
          expect(Math.abs(fast.roc - slow.roc)).toBeLessThan(1e-12);
          expect(Math.abs(fast.precisionRecall - slow.precisionRecall)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses what has no answer', () => {
    expect(() => volumeUnderSurface([0, 0], [1, 2], { window: 2 })).toThrow(/no row is labelled/);
    expect(() => volumeUnderSurface([1, 1], [1, 2], { window: 2 })).toThrow(/every row/);
    expect(() => volumeUnderSurface([0, 1], [1, 2], { window: 1.5 })).toThrow(/window 1.5/);
    expect(() => volumeUnderSurface([0, 1], [1, 2], { window: 1, thresholds: 1 })).toThrow(/2 thresholds/);
  });
});
