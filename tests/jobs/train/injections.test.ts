import { describe, expect, it } from 'vitest';
import { metricSpreads } from '../../../jobs/metric-spreads.js';
import { injectAnomalies } from '../../../jobs/train/injections.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const history = simulateFeatures({ seed: 12, events: 1200, group: 'web' });
const FROM = 700;

describe('injectAnomalies', () => {
  const { rows, labels } = injectAnomalies(history, FROM, 1);
  const original = new Map(history.map((row) => [row.sourceOffset, row]));
  const isChanged = (i: number) =>
    rows[i]?.values.some((value, j) => value !== original.get(rows[i]?.sourceOffset ?? -1)?.values[j]);

  it('disturbs exactly the rows that it labels, again and again, and none of the history', () => {
    expect(rows.every(({ sourceOffset }) => sourceOffset >= FROM)).toBe(true);
    labels.forEach((label, i) => {
      expect(isChanged(i)).toBe(label === 1);
    });
    expect(labels.filter((label) => label === 1)).toHaveLength(24);
  });

  it('leaves out the rows whose windows still hold a disturbance', () => {
    const disturbed = rows.filter((_, i) => labels[i] === 1).map(({ sourceOffset }) => sourceOffset);
    rows.forEach(({ sourceOffset }, i) => {
      if (labels[i] === 1) return;
      const last = disturbed.filter((place) => place < sourceOffset).at(-1) ?? Number.NEGATIVE_INFINITY;
      expect(sourceOffset - last).toBeGreaterThan(100);
    });
  });

  it('lets the windows see the disturbance, and moves a metric by 4 of its standard deviations', () => {
    const spreads = metricSpreads(history.slice(0, FROM));
    const first = rows.findIndex((_, i) => labels[i] === 1);
    const row = rows[first];
    const before = original.get(row?.sourceOffset ?? -1);
    expect(row?.statistics).not.toEqual(before?.statistics);
    const risen = rows.flatMap(({ values, metrics, sourceOffset }, i) => {
      if (labels[i] !== 1) return [];
      return values.map((value, j) => {
        const distance = Math.abs(value - (original.get(sourceOffset)?.values[j] ?? 0));
        return distance / (spreads.get(metrics[j] ?? '') ?? 1);
      });
    });
    expect(risen.filter((height) => Math.abs(height - 4) < 1e-9).length).toBeGreaterThan(0);
  });

  it('says the same for the same seed and another for another', () => {
    expect(injectAnomalies(history, FROM, 1)).toEqual({ rows, labels });
    expect(injectAnomalies(history, FROM, 2).rows).not.toEqual(rows);
  });
});
