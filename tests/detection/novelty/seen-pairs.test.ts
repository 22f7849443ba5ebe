import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { MOST_PAIRS, SeenPairs } from '../../../detection/novelty/seen-pairs.js';

describe('the pairs that were seen', () => {
  it('tells the distance to the nearest, which is 0 for one that was there', () => {
    const pairs = new SeenPairs();
    expect(pairs.take(1, 2)).toBe(Number.POSITIVE_INFINITY);
    expect(pairs.take(4, 6)).toBe(5);
    expect(pairs.take(4, 7)).toBe(1);
    expect(pairs.take(1, 2)).toBe(0);
    expect(pairs.count).toBe(3);
  });

  it('keeps what lies apart: a crowd never drives out what came once', () => {
    const pairs = new SeenPairs();
    const random = seededRandom(5);
    pairs.take(100, 0);
    for (let i = 0; i < 20 * MOST_PAIRS; i += 1) pairs.take(gaussian(random), gaussian(random));
    expect(pairs.count).toBe(MOST_PAIRS);
    expect(pairs.take(100, 0)).toBe(0);
  });

  it('takes in what is new when it is full, so that it is new once', () => {
    const pairs = new SeenPairs();
    const random = seededRandom(6);
    for (let i = 0; i < 2 * MOST_PAIRS; i += 1) pairs.take(gaussian(random), gaussian(random));
    expect(pairs.take(50, 50)).toBeGreaterThan(50);
    expect(pairs.take(50.5, 50)).toBe(0.5);
  });

  it('stays finite at the largest values', () => {
    const pairs = new SeenPairs();
    pairs.take(1e150, -1e150);
    expect(pairs.take(-1e150, 1e150)).toBeCloseTo(Math.sqrt(8) * 1e150, -140);
  });

  it('refuses numbers that are no pairs', () => {
    expect(() => SeenPairs.from(new Float64Array(4))).toThrow(RangeError);
    expect(() => SeenPairs.from(new Float64Array(3 * MOST_PAIRS + 3))).toThrow(RangeError);
    expect(() => SeenPairs.from(Float64Array.of(1, Number.NaN, 1))).toThrow(RangeError);
    expect(() => SeenPairs.from(Float64Array.of(1, 1, -1))).toThrow(RangeError);
  });
});
