import { describe, expect, it } from 'vitest';
import { QuantileSketch } from '../../../detection/statistics/quantile-sketch.js';

/** Deterministic values in 0..1 with no visible order (Weyl sequence). */
function weyl(n: number, start = 0): number[] {
  return Array.from({ length: n }, (_, i) => ((i + 1 + start) * 0.6180339887498949) % 1);
}

function filled(values: Iterable<number>, compression?: number): QuantileSketch {
  const sketch = new QuantileSketch(compression);
  for (const value of values) sketch.add(value);
  return sketch;
}

function linearQuantile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = p * (sorted.length - 1);
  const low = Math.floor(position);
  const from = sorted[low] ?? Number.NaN;
  return from + ((sorted[low + 1] ?? from) - from) * (position - low);
}

describe('quantile sketch', () => {
  it('answers nothing while it is empty', () => {
    const sketch = new QuantileSketch();
    expect([sketch.count, sketch.quantile(0.5), sketch.cdf(0), sketch.tailExcess(0.98)]).toEqual([
      0,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('is exact while every value is in the buffer', () => {
    const values = [5, 1, 3, 3, 9, -2, 3, 7.5];
    const sketch = filled(values);
    expect(sketch.centroids).toBe(0);
    for (const p of [0, 0.1, 0.25, 0.5, 0.77, 1])
      expect(sketch.quantile(p)).toBeCloseTo(linearQuantile(values, p), 12);
    expect(sketch.cdf(3)).toBe(5 / 8);
    expect(sketch.below(3)).toBe(2 / 8);
    expect(sketch.cdf(-3)).toBe(0);
    const u = linearQuantile(values, 0.75);
    const excess = values.reduce((sum, x) => sum + Math.max(0, x - u), 0) / values.length / 0.25;
    expect(sketch.tailExcess(0.75)).toBeCloseTo(excess, 12);
  });

  it('keeps a constant series exact, and knows its ties', () => {
    const sketch = filled(new Array(10_000).fill(0.1));
    expect([
      sketch.quantile(0.01),
      sketch.quantile(0.999),
      sketch.cdf(0.1),
      sketch.below(0.1),
      sketch.tailExcess(0.98),
    ]).toEqual([0.1, 0.1, 1, 0, 0]);
    const half = filled(weyl(20_000).map((x) => (x < 0.6 ? 0 : x)));
    expect(half.cdf(0)).toBeGreaterThan(0.55);
    expect(half.below(0)).toBe(0);
    expect(half.quantile(0.5)).toBe(0);
  });

  it('fits in 2 KB and its bytes are smaller', () => {
    const sketch = filled(weyl(100_000));
    expect(sketch.memoryBytes).toBeLessThanOrEqual(2048);
    expect(sketch.centroids).toBeGreaterThanOrEqual(40);
    expect(sketch.centroids).toBeLessThanOrEqual(81);
    expect(sketch.toBytes().length).toBeLessThan(1200);
  });

  it('finds the tail scale of an exponential', () => {
    const sketch = filled(weyl(50_000).map((u) => -3 * Math.log(1 - u)));
    expect(sketch.tailExcess(0.98, 'upper')).toBeGreaterThan(3 * 0.94);
    expect(sketch.tailExcess(0.98, 'upper')).toBeLessThan(3 * 1.06);
    const mirrored = filled(weyl(50_000).map((u) => 3 * Math.log(1 - u)));
    expect(mirrored.tailExcess(0.02, 'lower')).toBeGreaterThan(3 * 0.94);
    expect(mirrored.tailExcess(0.02, 'lower')).toBeLessThan(3 * 1.06);
  });

  it('does not change by being read', () => {
    const read = new QuantileSketch();
    const unread = new QuantileSketch();
    for (const x of weyl(1_000)) {
      read.add(x);
      unread.add(x);
      read.quantile(0.9);
      read.toBytes();
    }
    expect(read.toBytes()).toEqual(unread.toBytes());
  });

  it('treats 0 and -0 as one value', () => {
    expect(filled([0, -0, 1]).toBytes()).toEqual(filled([-0, 0, 1]).toBytes());
  });

  it('merges with itself and with an empty one', () => {
    const sketch = filled(weyl(1_000));
    sketch.merge(new QuantileSketch());
    expect(sketch.count).toBe(1_000);
    sketch.merge(sketch);
    expect(sketch.count).toBe(2_000);
    expect(sketch.quantile(0.5)).toBeCloseTo(0.5, 1);
  });

  it('refuses damaged bytes', () => {
    const bytes = filled(weyl(500)).toBytes();
    expect(() => QuantileSketch.fromBytes(bytes.slice(0, 10))).toThrow(/too few/);
    expect(() => QuantileSketch.fromBytes(bytes.slice(0, -1))).toThrow(/cut short/);
    expect(() => QuantileSketch.fromBytes(Uint8Array.from([...bytes, 0]))).toThrow(/too many/);
    const future = bytes.slice();
    future[0] = 9;
    expect(() => QuantileSketch.fromBytes(future)).toThrow(/version 9 is unknown/);
    const disordered = bytes.slice();
    new DataView(disordered.buffer).setFloat64(23 + 8, -5, true);
    expect(() => QuantileSketch.fromBytes(disordered)).toThrow(/out of order/);
    for (const [place, bound] of [
      [7, Number.NEGATIVE_INFINITY],
      [15, Number.POSITIVE_INFINITY],
    ] as const) {
      const endless = bytes.slice();
      new DataView(endless.buffer).setFloat64(place, bound, true);
      expect(() => QuantileSketch.fromBytes(endless)).toThrow(/not finite/);
    }
    expect(QuantileSketch.fromBytes(new QuantileSketch().toBytes()).count).toBe(0);
    expect(() => new QuantileSketch(3)).toThrow(RangeError);
  });
});
