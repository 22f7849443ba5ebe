import { expect, it } from 'vitest';
import { createRowHistory } from '../../../jobs/backtest/row-history.js';
import { compactRow } from '../../../jobs/compact-row.js';
import { simulateFeatures } from '../../support/simulated-features.js';

const LIMIT = 40;

function historyOf(metricCount: number) {
  const metrics = Array.from({ length: metricCount }, (_, i) => `m${String(i).padStart(3, '0')}`);
  const features = simulateFeatures({ seed: 5, events: 150, metrics });
  const history = createRowHistory(LIMIT);
  for (const feature of features) history.add(feature);
  return { features, rows: history.rows() };
}

it('keeps the newest rows, and of each what a training reads', () => {
  const { features, rows } = historyOf(3);
  expect(rows).toEqual(features.slice(-LIMIT).map(compactRow));
  expect(rows[0]?.statistics.length).toBeLessThan(features[0]?.statistics.length ?? 0);
});

it('keeps fewer rows of wide hosts, as the trainer of the stream does: 100 readings a row on average', () => {
  expect(historyOf(100).rows).toHaveLength(LIMIT);
  expect(historyOf(512).rows).toHaveLength(Math.floor((LIMIT * 100) / 512));
});

it('keeps nothing that warms up or comes late', () => {
  const { features } = historyOf(3);
  const history = createRowHistory(LIMIT);
  for (const feature of features) {
    history.add({ ...feature, warmingUp: true });
    history.add({ ...feature, late: true });
  }
  expect(history.rows()).toEqual([]);
});
