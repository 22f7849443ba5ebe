import { describe, expect, it } from 'vitest';
import type { CsvReading } from '../../../common/csv/csv-rows.js';
import { seededRandom } from '../../../common/random.js';
import { moments } from '../../../detection/statistics/moments.js';
import { drawOutliers, type Scenario, scenariosOf } from '../../../jobs/evaluate/scenarios.js';
import { chooseStretch } from '../../../jobs/evaluate/stretch.js';
import { metricSpreads } from '../../../jobs/metric-spreads.js';

const random = seededRandom(1);
const COLUMNS = ['cpu', 'memory', 'zero'];
const rows: readonly CsvReading[] = Array.from({ length: 1000 }, (_, row) => ({
  row,
  timestamp: row * 1000,
  timeText: null,
  label: null,
  columns: COLUMNS,
  columnsInFile: COLUMNS,
  metrics: COLUMNS,
  values: [50 + 10 * random(), 500 + 100 * random(), 0],
}));
const spreads = metricSpreads(rows);
const outliers = drawOutliers(rows, spreads, 3);
const scenarios = scenariosOf({ metrics: COLUMNS, spreads, outliers, seed: 3 });

/** Per row the difference to the undisturbed value of one metric. */
function differences(scenario: Scenario | undefined, metric: number): number[] {
  return (scenario?.disturb(rows) ?? []).map(
    (row, i) => (row.values[metric] ?? 0) - (rows[i]?.values[metric] ?? 0),
  );
}
const of = (kind: string, size = 0) => scenarios.find((one) => one.kind === kind && one.size === size);

describe('scenariosOf', () => {
  it('disturbs in ten ways and without each metric', () => {
    expect(scenarios.map(({ kind, size, metric }) => metric ?? `${kind} ${size}`)).toEqual([
      ...['clean 0', 'noise 0.01', 'noise 0.05', 'noise 0.1', 'cpu', 'memory', 'zero'],
      ...['outliers 2', 'outliers 5', 'outliers 10', 'shift 0.1', 'shift 0.5', 'shift 1'],
    ]);
    expect(of('clean')?.disturb(rows)).toBe(rows);
  });

  it('measures noise and shift in standard deviations of each metric, and draws the same noise again', () => {
    for (const metric of [0, 1]) {
      const spread = spreads.get(COLUMNS[metric] ?? '') ?? 0;
      const noise = differences(of('noise', 0.05), metric);
      expect(moments(noise).standardDeviation / spread).toBeCloseTo(0.05, 2);
      expect(differences(of('noise', 0.05), metric)).toEqual(noise);
      for (const shift of differences(of('shift', 0.5), metric)) expect(shift / spread).toBeCloseTo(0.5, 9);
    }
    expect(differences(of('noise', 0.1), 2).every((difference) => difference === 0)).toBe(true);
  });

  it('takes a metric out of every row', () => {
    const without = scenarios.find(({ metric }) => metric === 'cpu')?.disturb(rows) ?? [];
    expect(without.every(({ metrics, values }) => metrics.length === 2 && values.length === 2)).toBe(true);
    expect(without[5]?.values).toEqual(rows[5]?.values.slice(1));
  });

  it('multiplies one visible reading in a hundred rows, the same for every factor', () => {
    expect(outliers).toHaveLength(10);
    expect(outliers.every(({ metric }) => metric !== 'zero')).toBe(true);
    for (const factor of [2, 5, 10]) {
      const disturbed = of('outliers', factor)?.disturb(rows) ?? [];
      const changed = disturbed.flatMap((row, place) =>
        row.values.flatMap((value, i) =>
          value === rows[place]?.values[i]
            ? []
            : [{ place, metric: COLUMNS[i], factor: value / (rows[place]?.values[i] ?? 1) }],
        ),
      );
      expect(changed.map(({ place, metric }) => ({ place, metric }))).toEqual(outliers);
      for (const one of changed) expect(one.factor).toBeCloseTo(factor, 9);
    }
  });
});

describe('chooseStretch', () => {
  const labels = (...incidents: number[]) =>
    Array.from({ length: 1000 }, (_, row) => Number(incidents.includes(row)));
  const options = { rows: 1000, labels: null, limit: 400, before: 100 };

  it('takes the newest rows, and leaves some before them', () => {
    expect(chooseStretch(options)).toEqual({ from: 600, to: 1000 });
    expect(chooseStretch({ ...options, limit: 5000 })).toEqual({ from: 100, to: 1000 });
  });

  it('takes the newest stretch with most incidents where there are labels', () => {
    expect(chooseStretch({ ...options, labels: labels(250, 300, 350, 900) })).toEqual({ from: 200, to: 600 });
    expect(chooseStretch({ ...options, labels: labels(250, 251, 252, 900) })).toEqual({
      from: 600,
      to: 1000,
    });
    expect(chooseStretch({ ...options, labels: labels() })).toEqual({ from: 600, to: 1000 });
  });
});
