import { describe, expect, it } from 'vitest';
import {
  NAB_PROFILES,
  nabProbation,
  nabWeights,
  nabWindows,
} from '../../../detection/evaluation/nab-sweep.js';

const [standard, lowFalsePositives] = NAB_PROFILES;
/** 2 / (1 + e^(5x)) - 1, as the paper writes it. */
const sigmoid = (x: number): number => 2 / (1 + Math.exp(5 * x)) - 1;

describe('NAB weights', () => {
  it('leaves floor(15 %) of the rows aside, at most 750', () => {
    expect([0, 10, 1243, 4032, 5000, 22_695].map(nabProbation)).toEqual([0, 1, 186, 604, 750, 750]);
  });

  it('pays in full at the left edge, little at the right one, and charges more the farther from a window', () => {
    const series = { name: 'hand', scores: new Array<number>(40).fill(0), windows: [{ start: 10, end: 14 }] };
    const { worth, window, probation } = nabWeights(series, standard);
    expect(probation).toBe(6);
    expect([...window].map((k) => k + 1).join('')).toBe(`${'0'.repeat(10)}11111${'0'.repeat(25)}`);
    expect(worth[9]).toBe(-0.11);
    expect(worth[10]).toBe(1);
    expect(worth[12]).toBeCloseTo(sigmoid(-3 / 5) / sigmoid(-1), 15);
    expect(worth[14]).toBeCloseTo(sigmoid(-1 / 5) / sigmoid(-1), 15);
    expect(worth[15]).toBeCloseTo(0.11 * sigmoid(1 / 4), 15);
    expect(worth[25]).toBeCloseTo(0.11 * sigmoid(11 / 4), 15);
    expect(worth[26]).toBe(-0.11);
    expect(nabWeights(series, lowFalsePositives).worth[15]).toBeCloseTo(2 * (worth[15] ?? 0), 15);
  });

  it('measures an alarm from the window before it, and charges in full after a window of one row', () => {
    const windows = [
      { start: 2, end: 4 },
      { start: 8, end: 8 },
    ];
    const { worth } = nabWeights({ name: 'two', scores: new Array<number>(12).fill(0), windows }, standard);
    expect(worth[7]).toBeCloseTo(0.11 * sigmoid(3 / 2), 15);
    expect(worth[8]).toBe(1);
    expect([...worth.subarray(9)]).toEqual([-0.11, -0.11, -0.11]);
  });

  it('refuses windows that overlap or leave the file', () => {
    const scores = [0, 0, 0];
    const crossing = [
      { start: 0, end: 1 },
      { start: 1, end: 2 },
    ];
    expect(() => nabWeights({ name: 'x', scores, windows: crossing }, standard)).toThrow(
      /scoring x: the window 1..2/,
    );
    expect(() => nabWeights({ name: 'x', scores, windows: [{ start: 2, end: 3 }] }, standard)).toThrow(
      /2..3/,
    );
  });

  it('finds the rows of window limits, the first of repeated timestamps', () => {
    expect(nabWindows([10, 20, 20, 30], [[20, 30]])).toEqual([{ start: 1, end: 3 }]);
    expect(() => nabWindows([10, 20], [[15, 20]])).toThrow(/no row has the timestamp 15/);
  });
});
