import { describe, expect, it } from 'vitest';
import { gaussian, seededRandom } from '../../common/random.js';

const draw = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));

describe('seededRandom', () => {
  it('repeats by seed, and differs between seeds', () => {
    expect(draw(7, 5)).toEqual(draw(7, 5));
    expect(draw(7, 5)).not.toEqual(draw(8, 5));
  });

  it('stays the same for ever: models and simulations are reproduced from their seed', () => {
    expect(draw(1, 3).map((value) => Math.floor(value * 2 ** 32))).toEqual([
      2_693_262_067, 11_749_833, 2_265_367_787,
    ]);
  });

  it('is uniform in [0, 1): mean 1/2, variance 1/12', () => {
    const values = draw(3, 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

it('gaussian draws have mean 0 and variance 1, and are finite even for a draw of 0', () => {
  const random = seededRandom(4);
  const values = Array.from({ length: 100_000 }, () => gaussian(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.015);
  expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  expect(Number.isFinite(gaussian(() => 0))).toBe(true);
});
