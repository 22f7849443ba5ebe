import { describe, expect, it } from 'vitest';
import { quietRows } from '../../../jobs/train/quiet-rows.js';
import type { TrainingRow } from '../../../jobs/training-row.js';

/** Rows of one host with these z of its only reading. */
function rowsOf(host: string, zscores: readonly number[]): TrainingRow[] {
  return zscores.map((z, i) => ({
    host,
    group: 'web',
    timestamp: i,
    appendTime: i,
    sourcePartition: 0,
    sourceOffset: i,
    metrics: ['cpu'],
    values: [z],
    statistics: [{ name: 'zscore', window: 0, values: [z] }],
    baseline: null,
    warmingUp: false,
    late: false,
  }));
}

const quiet = (count: number): number[] => Array.from({ length: count }, () => 0.5);
const placesOf = (rows: readonly TrainingRow[]) => rows.map(({ sourceOffset }) => sourceOffset);

describe('quietRows', () => {
  it('leaves out a reading that is off and the 100 rows whose windows hold it', () => {
    const kept = placesOf(quietRows(rowsOf('a', [...quiet(500), -5.1, ...quiet(500)])));
    expect(kept).toHaveLength(900);
    expect(kept.slice(498, 502)).toEqual([498, 499, 601, 602]);
  });

  it('counts from the last reading that is off', () => {
    const kept = placesOf(quietRows(rowsOf('a', [...quiet(500), 9, ...quiet(50), 9, ...quiet(500)])));
    expect(kept.slice(499, 501)).toEqual([499, 652]);
  });

  it("takes nothing from the rows of other hosts, nor from a reading's five deviations", () => {
    const a = rowsOf('a', [9, ...quiet(300)]);
    const b = rowsOf('b', [5, ...quiet(300)]);
    const mixed = a.flatMap((row, i) => [row, b[i] as TrainingRow]);
    const kept = quietRows(mixed);
    expect(kept.filter(({ host }) => host === 'b')).toEqual(b);
    expect(placesOf(kept.filter(({ host }) => host === 'a'))).toEqual(placesOf(a).slice(101));
  });

  it('keeps all rows where bursts are how hosts live', () => {
    const rows = rowsOf('a', [...quiet(20), ...Array.from({ length: 30 }, () => [9, ...quiet(100)]).flat()]);
    expect(quietRows(rows)).toBe(rows);
  });
});
