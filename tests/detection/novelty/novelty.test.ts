import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../../common/random.js';
import { NEWS_NOVELTY } from '../../../detection/consensus/news.js';
import {
  COLD_NOVELTY,
  emptyNovelty,
  LEAST_DISTANCES,
  MOST_NOVELTY,
  takeNovelty,
} from '../../../detection/novelty/novelty.js';

/** Feeds the values; returns the novelty of each. */
function noveltyOf(values: readonly number[], scale = 1): number[] {
  const state = emptyNovelty();
  return values.map((value) => takeNovelty(state, value, scale));
}

function noise(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => gaussian(random));
}

describe('novelty', () => {
  it('is cold until enough distances are known', () => {
    const novelty = noveltyOf(noise(LEAST_DISTANCES + 10, 1));
    const warmFrom = novelty.findIndex((one) => one !== COLD_NOVELTY);
    // One row has no row before it, one no pair.
    expect(warmFrom).toBe(LEAST_DISTANCES + 2);
    expect(novelty.slice(warmFrom)).not.toContain(COLD_NOVELTY);
  });

  it('calls a lasting level news at its first row alone', () => {
    const values = noise(2_000, 2).map((value, row) => value + (row >= 1_500 ? 30 : 0));
    const novelty = noveltyOf(values, 4);
    expect(novelty[1_500]).toBeGreaterThan(2 * NEWS_NOVELTY);
    // The step up and the arrival are two pairs; then the level is known.
    const later = novelty.slice(1_502);
    expect(later.filter((one) => one >= NEWS_NOVELTY).length).toBeLessThan(0.03 * later.length);
    expect(Math.max(...later)).toBeLessThan(novelty[1_500] ?? 0);
  });

  it('sees a jump between two levels that are known: only together are they new', () => {
    const values = noise(3_000, 3).map((value, row) => value * 0.1 + 10 * Math.sin(row / 100));
    // From the crest into the trough: both have been there.
    const jump = 2_670;
    values[jump] = Math.min(...values.slice(0, jump)) + 0.5;
    const novelty = noveltyOf(values, 20);
    expect(novelty[jump]).toBeGreaterThan(NEWS_NOVELTY);
    expect(novelty[jump]).toBe(Math.max(...novelty.slice(1_000, jump + 1)));
  });

  it('lets about one row in 200 of noise over the mark of news', () => {
    for (const seed of [4, 5, 6]) {
      const novelty = noveltyOf(noise(20_000, seed), 6).slice(2_000);
      const share = novelty.filter((one) => one >= NEWS_NOVELTY).length / novelty.length;
      expect(share, `seed ${seed}`).toBeLessThan(0.01);
    }
  });

  it('has one answer in any unit', () => {
    const values = noise(500, 7);
    const scaled = values.map((value) => value * 2 ** 40);
    expect(noveltyOf(scaled, 4 * 2 ** 40)).toEqual(noveltyOf(values, 4));
  });

  it('answers for a series that stands still: nothing is new, then a step is, once', () => {
    const values = Array.from({ length: 300 }, (_, row) => (row < 200 ? 5 : 6));
    const novelty = noveltyOf(values, 0.5);
    expect(new Set(novelty.slice(60, 200))).toEqual(new Set([0]));
    expect(novelty[200]).toBeGreaterThan(NEWS_NOVELTY);
    expect(new Set(novelty.slice(202))).toEqual(new Set([0]));
    expect(novelty.every(Number.isFinite)).toBe(true);
  });

  it('is surer of the same row the more distances it knows', () => {
    const noveltyAfter = (rows: number): number => noveltyOf([...noise(rows, 8), 20], 6).at(-1) ?? 0;
    expect(noveltyAfter(4_000)).toBeGreaterThan(noveltyAfter(100));
  });

  it('does not call a tremor news where all stood still: distances under the floor say little', () => {
    const still = Array.from({ length: 200 }, () => 5);
    expect(noveltyOf([...still, 5.000_1], 1).at(-1)).toBeLessThan(NEWS_NOVELTY);
    expect(noveltyOf([...still, 5.1], 1).at(-1)).toBeGreaterThan(NEWS_NOVELTY);
  });

  it('stays finite when the largest reading comes into the smallest unit', () => {
    const still = Array.from({ length: 200 }, () => 0);
    expect(noveltyOf([...still, 1e150], 1e-300).at(-1)).toBe(MOST_NOVELTY);
  });
});
