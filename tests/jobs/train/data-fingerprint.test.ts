import { describe, expect, it } from 'vitest';
import { dataFingerprint } from '../../../jobs/train/data-fingerprint.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const rows = simulateFeatures({ seed: 4, events: 40, group: 'web' });
type Row = (typeof rows)[number];
const changed = (change: (row: Row) => Partial<Row>) =>
  dataFingerprint(rows.map((row, i) => (i === 20 ? { ...row, ...change(row) } : row)));

describe('dataFingerprint', () => {
  it('is the same for the same readings, wherever they were read from', () => {
    expect(dataFingerprint(rows)).toMatch(/^[0-9a-f]{64}$/);
    expect(dataFingerprint(structuredClone(rows))).toBe(dataFingerprint(rows));
    // A topic's reader makes new names for every row, a file's shares them.
    expect(dataFingerprint(rows.map((row) => structuredClone(row)))).toBe(dataFingerprint(rows));
    expect(changed(() => ({ appendTime: 0, sourceOffset: 7, statistics: [] }))).toBe(dataFingerprint(rows));
  });

  it.each<[string, (row: Row) => Partial<Row>]>([
    ['a value', ({ values: [, ...rest] }) => ({ values: [1, ...rest] })],
    ['a host', () => ({ host: 'web-2' })],
    ['a time', ({ timestamp }) => ({ timestamp: timestamp + 1 })],
    ['a name', ({ metrics: [, ...rest] }) => ({ metrics: ['a', ...rest] })],
  ])('is another one for the change of %s', (_, change) => {
    expect(changed(change)).not.toBe(dataFingerprint(rows));
  });

  it('is another one for another order', () => {
    expect(dataFingerprint([...rows].reverse())).not.toBe(dataFingerprint(rows));
  });
});
