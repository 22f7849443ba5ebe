import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyNovelty, type NoveltyState, takeNovelty } from '../../../detection/novelty/novelty.js';
import { NOVELTY_BYTES, readNovelty, writeNovelty } from '../../../detection/novelty/novelty-bytes.js';
import { ByteReader, ByteWriter } from '../../../detection/series/bytes.js';
import { QuantileSketch } from '../../../detection/statistics/quantile-sketch.js';

const values = fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { maxLength: 400 });

function feed(state: NoveltyState, list: readonly number[]): number[] {
  return list.map((value) => takeNovelty(state, value, 1));
}

function encoded(state: NoveltyState): Uint8Array {
  const writer = new ByteWriter(NOVELTY_BYTES);
  writeNovelty(writer, state);
  return writer.written();
}

function sketchOf(distances: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const distance of distances) sketch.add(distance);
  return sketch;
}

function decoded(bytes: Uint8Array): NoveltyState {
  return readNovelty(new ByteReader(bytes));
}

describe('bytes of the novelty, properties', () => {
  it('continues after a round trip bit for bit as if it had never stopped', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const uninterrupted = emptyNovelty();
        feed(uninterrupted, first);
        const resumed = decoded(encoded(uninterrupted));
        const novelty = feed(resumed, second);
        expect(novelty).toEqual(feed(uninterrupted, second));
        expect(novelty.every(Number.isFinite)).toBe(true);
        expect(encoded(resumed)).toEqual(encoded(uninterrupted));
      }),
      { numRuns: 40 },
    );
  });

  it('refuses any cut, and numbers that no rows lead to', () => {
    const state = emptyNovelty();
    feed(
      state,
      Array.from({ length: 100 }, (_, row) => row ** 2 % 17),
    );
    const bytes = encoded(state);
    expect(bytes.length).toBeLessThan(NOVELTY_BYTES);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => decoded(bytes.subarray(0, length))).toThrow(RangeError);
    for (const wrong of [
      { edge: -1 },
      { excess: Number.NaN },
      { beyond: 0 },
      { before: Number.NaN },
      { dueAt: 0 },
      { edge: Number.POSITIVE_INFINITY },
      { excess: Number.POSITIVE_INFINITY },
      { beyond: Number.POSITIVE_INFINITY },
      { dueAt: Number.POSITIVE_INFINITY },
      { distances: sketchOf([...Array.from({ length: 99 }, () => 1), -1]) },
    ])
      expect(() => decoded(encoded({ ...state, ...wrong }))).toThrow(RangeError);
  });
});
