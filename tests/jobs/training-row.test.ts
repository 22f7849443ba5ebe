import { describe, expect, it } from 'vitest';
import { compactRow } from '../../jobs/compact-row.js';
import { createRowKeeper, type TrainingRow } from '../../jobs/training-row.js';
import { simulateFeatures } from '../support/simulated-features.js';

const LIMIT = 20;

/** Rows of so many metrics, as they come out of compactRow, numbered by their append time. */
function rowsOf(metricCount: number, count: number): TrainingRow[] {
  const metrics = Array.from({ length: metricCount }, (_, i) => `m${String(i).padStart(3, '0')}`);
  return simulateFeatures({ seed: 5, events: count, metrics }).map((row, appendTime) =>
    compactRow({ ...row, appendTime }),
  );
}

function keptOf(rows: readonly TrainingRow[]): number[] {
  const keeper = createRowKeeper(LIMIT);
  for (const row of rows) keeper.add(row);
  return keeper.rows().map(({ appendTime }) => appendTime);
}

describe('createRowKeeper', () => {
  it('keeps the newest rows, in their order, however they came', () => {
    const rows = rowsOf(3, 90);
    const newest = Array.from({ length: LIMIT }, (_, i) => 70 + i);
    expect(keptOf(rows)).toEqual(newest);
    expect(keptOf([...rows].reverse())).toEqual(newest);
  });

  it('keeps all of them up to 100 metrics a row, and of wider ones what has as many readings', () => {
    expect(keptOf(rowsOf(100, 50))).toHaveLength(LIMIT);
    expect(keptOf(rowsOf(500, 50))).toEqual([46, 47, 48, 49]);
    expect(keptOf([...rowsOf(500, 3), ...rowsOf(3, 10)])).toHaveLength(13);
  });

  it('holds a quarter more than it may return at most, and gives up its oldest tenth when it is asked to', () => {
    const keeper = createRowKeeper(LIMIT);
    let most = 0;
    for (const row of rowsOf(3, 200)) {
      keeper.add(row);
      most = Math.max(most, keeper.held);
    }
    const rowCost = 3 + 15;
    expect(most).toBeLessThanOrEqual(1.25 * LIMIT * rowCost);
    expect(keeper.rows()).toHaveLength(LIMIT);
    keeper.giveUpOldest();
    expect(keeper.held).toBe(18 * rowCost);
    expect(keeper.rows()[0]?.appendTime).toBe(182);
    for (let i = 0; i < 20; i += 1) keeper.giveUpOldest();
    expect([keeper.held, keeper.rows()]).toEqual([0, []]);
  });
});
