import { describe, expect, it } from 'vitest';
import { addValue, binnedDistance, binOf, emptySample } from '../../../detection/drift/binned-sample.js';
import { BlockWindow } from '../../../detection/drift/block-window.js';
import { binnedQuantile, binnedWasserstein, describeEffect } from '../../../detection/drift/effect.js';
import { quantileEdges } from '../../../detection/drift/quantile-bins.js';
import { buildDriftReference } from '../../../detection/drift/reference.js';
import { decodeDriftReference, encodeDriftReference } from '../../../detection/drift/reference-bytes.js';
import { driftSeverity } from '../../../detection/drift/severity.js';
import { kolmogorovSmirnov } from '../../../detection/statistics/kolmogorov-smirnov.js';
import { wasserstein } from '../../../detection/statistics/wasserstein.js';
import { DAY, dayRhythm, HOUR, referenceOf, STEP, uniform } from './synthetic.js';

const PER_DAY = DAY / STEP;

function times(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => i * STEP);
}

describe('drift reference', () => {
  it('covers 32 bins of equal mass and the windows of its days', () => {
    const values = dayRhythm(8 * PER_DAY, 1);
    const reference = referenceOf(values, 8);
    expect(reference.edges).toHaveLength(31 + 12);
    expect(reference.windows).toBe(8);
    expect(reference.rows).toBe(8 * PER_DAY);
    expect(reference.ownWindows).toHaveLength(8 * 24 - 23);
    const inner = reference.counts.slice(7, -7);
    expect(inner).toHaveLength(30);
    expect(Math.max(...inner) - Math.min(...inner)).toBeLessThanOrEqual(2);
    expect(reference.limit).toBe(0.3);
    expect(reference.autocorrelationRows).toBeGreaterThan(10);
  });

  it('raises the limit to the largest distance of its own windows', () => {
    const values = dayRhythm(8 * PER_DAY, 1).map((x, i) =>
      i >= 3 * PER_DAY && i < 5 * PER_DAY ? x + 20 : x,
    );
    const reference = referenceOf(values, 8);
    expect(reference.limit).toBe(Math.max(...reference.ownWindows));
    expect(reference.limit).toBeGreaterThan(0.5);
  });

  it('says what is missing', () => {
    const short = buildDriftReference({
      values: dayRhythm(3 * PER_DAY, 1),
      timestamps: times(3 * PER_DAY),
      blockMs: HOUR,
      windowBlocks: 24,
    });
    expect(short).toMatchObject({ kind: 'insufficient', reason: 'too-short', windows: 3, windowsNeeded: 5 });
    expect(short.kind === 'insufficient' && short.missing).toMatch(/2 more windows of 24 x 3600000 ms/);
    const none = buildDriftReference({ values: [], timestamps: [], blockMs: HOUR, windowBlocks: 24 });
    expect(none).toMatchObject({ reason: 'too-short', windows: 0 });
    const flat = buildDriftReference({
      values: times(6 * PER_DAY).map((_, i) => (i === 7 ? 100 : 100.001)),
      timestamps: times(6 * PER_DAY),
      blockMs: HOUR,
      windowBlocks: 24,
    });
    expect(flat).toMatchObject({ kind: 'insufficient', reason: 'constant' });
    const sparse = buildDriftReference({
      values: dayRhythm(60, 1),
      timestamps: times(60).map((t) => t * 30),
      blockMs: HOUR,
      windowBlocks: 24,
    });
    expect(sparse).toMatchObject({ kind: 'insufficient', reason: 'too-sparse' });
    expect(() =>
      buildDriftReference({ values: [1], timestamps: [], blockMs: HOUR, windowBlocks: 24 }),
    ).toThrow(RangeError);
  });

  it('gives a repeated quantile a bin of its own', () => {
    const random = uniform(5);
    const values = Float64Array.from({ length: 3_200 }, () => (random() < 0.5 ? 0 : random())).sort();
    const edges = quantileEdges(values, 32);
    const zero = binOf(edges, 0);
    expect(binOf(edges, -1e-300)).toBeLessThan(zero);
    expect(binOf(edges, 1e-9)).toBeGreaterThan(zero);
    expect([...edges].every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge))).toBe(true);
  });
});

describe('drift reference as bytes', () => {
  it('reads back equal, and refuses other versions and damage', () => {
    const reference = referenceOf(dayRhythm(8 * PER_DAY, 1), 8);
    const bytes = encodeDriftReference(reference);
    expect(decodeDriftReference(bytes)).toEqual(reference);
    expect(bytes.length).toBeLessThan(3_000);
    expect(() => decodeDriftReference(bytes.slice(0, 60))).toThrow(/cut short/);
    expect(() => decodeDriftReference(Uint8Array.from([...bytes, 0]))).toThrow(/too many/);
    expect(() => decodeDriftReference(Uint8Array.from([2, ...bytes]))).toThrow(/version 2/);
  });
});

describe('binned samples', () => {
  const random = uniform(3);
  const a = Array.from({ length: 4_000 }, () => random() + random());
  const b = Array.from({ length: 3_000 }, () => (random() + random()) * 1.3 + 0.2);
  const edges = quantileEdges(Float64Array.from(a).sort(), 32);
  const binnedA = emptySample(32);
  const binnedB = emptySample(32);
  for (const x of a) addValue(binnedA, edges, x, 1);
  for (const x of b) addValue(binnedB, edges, x, 1);

  it('have nearly the distances of the values', () => {
    const exact = kolmogorovSmirnov(a, b, 'asymptotic').statistic;
    expect(binnedDistance(binnedA, binnedB)).toBeLessThanOrEqual(exact);
    expect(binnedDistance(binnedA, binnedB)).toBeGreaterThan(exact - 1 / 32);
    expect(Math.abs(binnedWasserstein(edges, binnedA, binnedB) / wasserstein(a, b) - 1)).toBeLessThan(0.12);
    expect(binnedQuantile(edges, binnedA, 0.5)).toBeCloseTo(1, 1);
  });

  it('describe the effect', () => {
    const effect = describeEffect({ edges, center: 1 }, binnedA, binnedB);
    expect(effect.meanThen).toBeCloseTo(a.reduce((sum, x) => sum + x, 0) / a.length, 9);
    expect(effect.standardDeviationNow / effect.standardDeviationThen).toBeCloseTo(1.3, 1);
    // A quarter of b is in the last bin: the upper quartile is spread evenly over it.
    expect(effect.spreadNow / effect.spreadThen).toBeGreaterThan(1.1);
    expect(effect.spreadNow / effect.spreadThen).toBeLessThan(1.6);
    expect(effect.psi).toBeGreaterThan(0.25);
  });

  it('know a far shift although all of it is in the last bin', () => {
    const far = emptySample(32);
    for (const x of a) addValue(far, edges, x + 50, 1);
    const effect = describeEffect({ edges, center: 1 }, binnedA, far);
    expect(effect.wasserstein).toBeCloseTo(50, 2);
    expect(Math.abs(effect.medianNow - 51)).toBeLessThan(0.1);
  });
});

describe('block window', () => {
  it('needs 3/4 of its blocks, each with half the usual rows, and enough rows in all', () => {
    const window = new BlockWindow(Float64Array.of(0), 0, 4);
    const block = (rows: number) => {
      for (let i = 0; i < rows; i++) window.add(i % 2 === 0 ? -1 : 1);
      window.closeBlock();
    };
    block(10);
    block(10);
    expect(window.latest(4, 1)).toBeNull();
    block(4);
    expect(window.latest(4, 1)).toBeNull();
    expect(window.newestBlock()).toBeNull();
    block(10);
    expect(window.latest(4, 1)?.rows).toBe(30);
    expect(window.latest(4, 31)).toBeNull();
    block(12);
    expect(window.latest(4, 1)?.counts).toEqual(Uint32Array.of(16, 16));
    expect(window.latest(1, 1)?.rows).toBe(12);
  });
});

describe('severity', () => {
  it('is the larger of size and harm, and small for a note', () => {
    const metrics = [{ distance: 1, limit: 0.3 }];
    expect(driftSeverity({ metrics, liveMetrics: 1, scope: 'host' })).toEqual({
      severity: 10,
      size: 1,
      harm: null,
    });
    expect(driftSeverity({ metrics, liveMetrics: 1, scope: 'metric' }).severity).toBe(3);
    expect(driftSeverity({ metrics, liveMetrics: 9, scope: 'host' }).severity).toBe(4);
    expect(driftSeverity({ metrics: [], liveMetrics: 9, harmRate: 0.015, scope: 'host' })).toEqual({
      severity: 1,
      size: 0,
      harm: 0,
    });
    expect(
      driftSeverity({ metrics: [], liveMetrics: 9, harmRate: Math.sqrt(0.015), scope: 'host' }).harm,
    ).toBeCloseTo(0.5, 12);
  });
});
