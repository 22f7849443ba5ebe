import { describe, expect, it } from 'vitest';
import { createAlarmColumn } from '../../../jobs/backtest/alarm.js';
import { prediction } from '../../schemas/samples.js';

const SETTINGS = { quietShare: 0.015, step: 0.005, hold: 0.5 };
/** A column whose boundary is that of a full training. */
const settledColumn = () => {
  const column = createAlarmColumn(SETTINGS);
  column.settle(true);
  return column;
};
/** A verdict whose shown score is u / (1 + u): u alarm boundaries. */
const verdict = (excess: number, warmingUp = false) => ({
  ...prediction,
  score: excess / (1 + excess),
  warmingUp,
});

describe('the alarm column', () => {
  it('begins above the boundary of the model and is held by scores above half of it', () => {
    const column = settledColumn();
    const excesses = [0.9, 1.1, 0.7, 0.7, 0.4, 0.9];
    expect(excesses.map((excess) => column.judge(verdict(excess)))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('does not need a reading that is off: it is about the host, not about one event', () => {
    expect(settledColumn().judge({ ...verdict(2), isAnomaly: false })).toBe(true);
  });

  it('takes verdicts of the warm-up for nothing: neither an alarm nor a step of the threshold', () => {
    const [column, untouched] = [settledColumn(), settledColumn()];
    for (let row = 0; row < 200; row += 1) expect(column.judge(verdict(50, true))).toBe(false);
    for (const excess of [1.01, 0.4, 1.02])
      expect(column.judge(verdict(excess))).toBe(untouched.judge(verdict(excess)));
    expect(settledColumn().judge(verdict(1.01))).toBe(true);
  });

  it('follows the anomalies while the boundary is provisional: a guess may lie under a quiet day', () => {
    const column = createAlarmColumn(SETTINGS);
    expect(column.judge({ ...verdict(3), isAnomaly: false })).toBe(false);
    expect(column.judge({ ...verdict(3), isAnomaly: true })).toBe(true);
    column.settle(true);
    expect(column.judge({ ...verdict(1.01), isAnomaly: false })).toBe(true);
  });
});
