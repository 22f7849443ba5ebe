import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyNovelty, type NoveltyState, takeNovelty } from '../../../detection/novelty/novelty.js';
import { decodeNovelty, encodeNovelty } from '../../../detection/novelty/novelty-bytes.js';

const values = fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { maxLength: 400 });

function feed(state: NoveltyState, list: readonly number[]): number[] {
  return list.map((value) => takeNovelty(state, value, 1));
}

describe('bytes of the novelty, properties', () => {
  it('continues after a round trip bit for bit as if it had never stopped', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const uninterrupted = emptyNovelty();
        feed(uninterrupted, first);
        const resumed = decodeNovelty(encodeNovelty(uninterrupted));
        const novelty = feed(resumed, second);
        expect(novelty).toEqual(feed(uninterrupted, second));
        expect(novelty.every(Number.isFinite)).toBe(true);
        expect(encodeNovelty(resumed)).toEqual(encodeNovelty(uninterrupted));
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
    const bytes = encodeNovelty(state);
    expect(bytes.length).toBeLessThan(8_192);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => decodeNovelty(bytes.subarray(0, length))).toThrow(RangeError);
    expect(() => decodeNovelty(Uint8Array.from([...bytes, 0]))).toThrow(RangeError);
    for (const wrong of [
      { edge: -1 },
      { excess: Number.NaN },
      { beyond: 0 },
      { before: Number.NaN },
      { dueAt: 0 },
    ])
      expect(() => decodeNovelty(encodeNovelty({ ...state, ...wrong }))).toThrow(RangeError);
  });
});
