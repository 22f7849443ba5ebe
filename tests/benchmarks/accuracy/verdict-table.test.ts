import { describe, expect, it } from 'vitest';
import { readVerdicts } from '../../../benchmarks/accuracy/verdict-table.js';
import { VERDICT_HEADER } from '../../../jobs/backtest/verdict-rows.js';

describe('the verdicts file of a backtest, by column', () => {
  it('has the columns of the job, a cold method as 0, and each method at the boundary of 0.5', () => {
    const text = `${VERDICT_HEADER.join(',')}\n0,2024-01-01,0.2,0,0,,0.5,0.75\n1,2024-01-02,0.9,1,0,0.6,0.1,0.4\n`;
    const { rows, scores, verdicts } = readVerdicts(text);
    expect(rows).toBe(2);
    expect([...scores.score, ...scores.zscore]).toEqual([0.2, 0.9, 0, 0.6]);
    expect([...verdicts.is_anomaly, ...verdicts.alarm]).toEqual([0, 1, 0, 0]);
    // The boundary itself does not alarm, as in a prediction.
    expect([...verdicts.zscore, ...verdicts.baseline, ...verdicts.iforest]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('is refused without one of them', () => {
    expect(() => readVerdicts('row,score\n0,0.5\n')).toThrow(/no column zscore/);
  });
});
