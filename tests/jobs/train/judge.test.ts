import { describe, expect, it } from 'vitest';
import type { Fitted } from '../../../jobs/train/fitted.js';
import { judgeOf } from '../../../jobs/train/judge.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const features = simulateFeatures({ seed: 13, events: 1000, group: 'web' });
const part = { from: 700, to: 1000 };
const options = { seed: 1, contamination: 0.015 };

/** Boundary of the fit by contamination. */
const boundaries = new Map<number, number>();

/** A fit that finds a row the stranger the further its readings are from 50. */
const fitted: Fitted = {
  seconds: 0,
  boundary: (contamination) => boundaries.get(contamination) ?? 1e9,
  scores: (rows) => rows.map(({ values }) => Math.max(...values.map((value) => Math.abs(value - 50)))),
  forestScores: () => [],
  microsecondsPerRow: () => 0,
};

describe('a judge without labels', () => {
  const rows = features.map((row) => ({ row, label: null }));
  const judge = judgeOf(rows, part, options);

  it('weighs what is found of injected anomalies against the ordinary rows that would alarm', () => {
    expect(judge).toMatchObject({ criterion: 'injections', positives: 16 });
    boundaries.set(0.01, 0);
    const at = judge.read(fitted);
    expect(at(0.01).quality).toMatchObject({ alarmShare: 1, injectedRecall: 1 });
    // Two in a hundred rows are found, and all of them alarm: precision 0.02, recall 1.
    expect(at(0.01).f1).toBeCloseTo(0.04 / 1.02, 9);
    expect(at(0.001)).toMatchObject({ f1: 0, quality: { alarmShare: 0, injectedRecall: 0 } });
  });

  it('buys nothing with more than twice the alarms that the settings ask for', () => {
    const scores = fitted.scores(features.slice(part.from)).sort((a, b) => b - a);
    const boundaryFor = (alarms: number) => ((scores[alarms - 1] ?? 0) + (scores[alarms] ?? 0)) / 2;
    const at = judge.read(fitted);
    const isAffordable = (contamination: number, alarms: number) => {
      boundaries.set(contamination, boundaryFor(alarms));
      return at(contamination).affordable;
    };
    expect(isAffordable(0.015, 9)).toBe(true);
    expect(isAffordable(0.015, 10)).toBe(false);
    // However quiet these rows are: the next ones may not be.
    expect(isAffordable(0.05, 1)).toBe(false);
  });
});

it('finds nothing, and breaks nothing, where hosts have too few rows for an injection', () => {
  const rows = features.map((row, i) => ({ row: { ...row, host: `web-${i % 100}` }, label: null }));
  const judge = judgeOf(rows, part, options);
  expect(judge.positives).toBe(0);
  expect(judge.read(fitted)(1)).toMatchObject({
    f1: 0,
    quality: { injectedRecall: 0, injectedRocAuc: null },
  });
});

describe('a judge with labels', () => {
  it('goes by them, whatever the share of alarms', () => {
    const rows = features.map((row, i) => ({ row, label: Number(i % 10 === 0) }));
    const judge = judgeOf(rows, part, options);
    expect(judge).toMatchObject({ criterion: 'labels', positives: 30 });
    boundaries.set(0.5, 0);
    expect(judge.read(fitted)(0.5)).toMatchObject({
      affordable: true,
      quality: { precision: 0.1, recall: 1 },
    });
  });

  it.each([
    ['all of one kind', () => 0],
    ['not on every row', (i: number) => (i === 900 ? null : i % 2)],
  ])('cannot go by labels that are %s', (_, label) => {
    const rows = features.map((row, i) => ({ row, label: label(i) }));
    expect(judgeOf(rows, part, options).criterion).toBe('injections');
  });
});
