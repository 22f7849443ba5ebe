import { describe, expect, it } from 'vitest';
import { compactRow } from '../../../jobs/train/compact-row.js';
import { createRowKeeper, type TrainingRow } from '../../../jobs/train/training-row.js';
import { simulateFeatures } from '../../support/simulated-features.js';

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
});
