import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { type GenerateSettings, generateSettings } from '../../../jobs/generate/config.js';
import { generate } from '../../../jobs/generate/core.js';
import { metricForms, usualSpread } from '../../../jobs/generate/metrics.js';

function settingsWith(values: Record<string, string> = {}): GenerateSettings {
  return readSettings(generateSettings, { values, readFile: () => '' });
}

const NOTHING = { GENERATE_SPIKES: '0', GENERATE_TRENDS: '0', GENERATE_SHIFTS: '0', GENERATE_LEAKS: '0' };

/** All rows of the settings, and what one metric did in them. */
function generated(values: Record<string, string> = {}) {
  const data = generate(settingsWith(values));
  const rows = [...data.rows()];
  const columnOf = (metric: string) =>
    rows.map((row) => row.values[data.metrics.indexOf(metric)] ?? Number.NaN);
  return { ...data, rows, columnOf };
}

const forms = metricForms(12);
const isInRange = (value: number, metric: number) => value >= 0 && value <= (forms[metric]?.most ?? 0);

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleA, middleB] = [mean(a), mean(b)];
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const from = (i: number) => [(a[i] ?? 0) - middleA, (b[i] ?? 0) - middleB] as const;
  const product = sum((i) => from(i)[0] * from(i)[1]);
  return product / Math.sqrt(sum((i) => from(i)[0] ** 2) * sum((i) => from(i)[1] ** 2));
};

describe('generated data without incidents', () => {
  const { rows, columnOf, metrics, incidents } = generated({ ...NOTHING, GENERATE_METRICS: '12' });

  it('have no label, times from row to row, distinct metrics and values in their ranges', () => {
    expect(incidents).toEqual([]);
    expect(rows.some(({ isIncident }) => isIncident)).toBe(false);
    expect(rows).toHaveLength(10_080);
    expect(rows.map(({ timestamp }) => timestamp)).toEqual(
      rows.map((_, i) => 1_704_067_200_000 + i * 60_000),
    );
    expect(new Set(metrics).size).toBe(12);
    expect(rows.every(({ values }) => values.every((value, i) => isInRange(value, i)))).toBe(true);
  });

  it('have a daily cycle that the metrics share', () => {
    const cpu = columnOf('cpu_percent');
    const atHour = (hour: number) => cpu.filter((_, i) => Math.floor(i / 60) % 24 === hour);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(atHour(14))).toBeGreaterThan(1.5 * mean(atHour(2)));
    expect(correlation(cpu, columnOf('network_in_bytes_per_second'))).toBeGreaterThan(0.8);
    expect(Math.abs(correlation(cpu, columnOf('disk_used_percent')))).toBeLessThan(0.5);
  });
});

describe('injected incidents', () => {
  it('come in the numbers asked for, apart from each other and after the clean rows', () => {
    const counts = { GENERATE_SPIKES: '9', GENERATE_TRENDS: '3', GENERATE_SHIFTS: '2', GENERATE_LEAKS: '4' };
    for (const seed of ['1', '2', '3']) {
      const { incidents, rows } = generated({
        ...counts,
        GENERATE_SEED: seed,
        GENERATE_CONTAMINATION: '0.1',
      });
      const kinds = incidents.map(({ kind }) => kind).sort();
      expect(kinds.join(' ')).toBe(
        [
          ...Array(4).fill('leak'),
          'shift',
          'shift',
          ...Array(9).fill('spike'),
          ...Array(3).fill('trend'),
        ].join(' '),
      );
      expect(incidents[0]?.from).toBeGreaterThanOrEqual(2016 + 10);
      incidents.slice(1).forEach(({ from }, i) => {
        expect(from - (incidents[i]?.to ?? 0)).toBeGreaterThanOrEqual(10);
      });
      expect(incidents.at(-1)?.to).toBeLessThanOrEqual(10_080);
      const labelled = rows.filter(({ isIncident }) => isIncident).length;
      expect(rows.every(({ values }) => values.every((value, i) => isInRange(value, i)))).toBe(true);
      expect(labelled).toBe(incidents.reduce((sum, { from, to }) => sum + to - from, 0));
      expect(Math.abs(labelled / 10_080 - 0.1)).toBeLessThan(0.002);
    }
  });

  it('move the metrics that they name and nothing else: the noise stays', () => {
    const quiet = generated(NOTHING);
    const { rows, incidents, metrics } = generated();
    for (const { row, values, isIncident } of rows) {
      const incident = incidents.find(({ from, to }) => row >= from && row < to);
      expect(isIncident).toBe(incident !== undefined);
      const named = new Set(incident?.effects.map(({ form }) => form.name));
      values.forEach((value, i) => {
        if (!named.has(metrics[i] ?? '')) expect(value).toBe(quiet.rows[row]?.values[i]);
      });
    }
  });

  it.each([
    ['spike', 'GENERATE_SPIKES', 3],
    ['trend', 'GENERATE_TRENDS', 3],
    ['shift', 'GENERATE_SHIFTS', 2],
    ['leak', 'GENERATE_LEAKS', 2],
  ])('of the kind %s show', (kind, setting, spreads) => {
    const quiet = generated({ ...NOTHING });
    const { incidents, metrics, rows } = generated({ ...NOTHING, [setting]: '3' });
    expect(incidents.map((incident) => incident.kind)).toEqual([kind, kind, kind]);
    for (const { to, effects } of incidents)
      for (const { form } of effects) {
        const at = metrics.indexOf(form.name);
        const moved = (rows[to - 1]?.values[at] ?? 0) - (quiet.rows[to - 1]?.values[at] ?? 0);
        // Downwards a metric ends at 0.
        const most = Math.min(spreads * usualSpread(form), quiet.rows[to - 1]?.values[at] ?? 0);
        expect(Math.abs(moved)).toBeGreaterThanOrEqual(0.99 * most);
      }
  });

  it('that do not fit are refused with the number of rows that are missing', () => {
    expect(() => generate(settingsWith({ GENERATE_ROWS: '100' }))).toThrow(
      expect.objectContaining({
        code: 'TOO_FEW_ROWS',
        message: expect.stringContaining('58 more are needed'),
      }),
    );
  });
});
