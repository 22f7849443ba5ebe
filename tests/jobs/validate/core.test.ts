import { describe, expect, it } from 'vitest';
import { metricRanges } from '../../../common/checks/ranges.js';
import { type CheckedRow, createValidation } from '../../../jobs/validate/core.js';
import { hostTimes } from '../../../jobs/validate/host-times.js';
import { summarize } from '../../../jobs/validate/metric-summary.js';
import { reportOf } from '../../../jobs/validate/report.js';

const options = { rangeOf: metricRanges(null), iqrWidth: 1.5, gapFactor: 1.5 };

/** Validates rows of one host, a second apart unless told otherwise. */
function validate(rows: readonly Partial<CheckedRow>[]) {
  const validation = createValidation(options);
  rows.forEach((row, i) => {
    const usual = { place: `row ${i}`, host: 'h', timestamp: i * 1000, metrics: ['a', 'cpu_percent'] };
    validation.take({ ...usual, values: [i % 5, 50 + (i % 7)], ...row });
  });
  return validation.result();
}

const good = Array.from({ length: 100 }, () => ({}));

describe('a validation', () => {
  it('finds nothing in good rows', () => {
    const { violatingRows, violations, rows } = validate(good);
    expect([rows, violatingRows]).toEqual([100, 0]);
    expect(Object.values(violations).map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
  });

  it('counts every violation, but a row with several of them once', () => {
    const rows: Partial<CheckedRow>[] = [...good];
    rows[10] = { metrics: ['a'], values: [1] };
    rows[20] = { metrics: ['cpu_percent'], values: [140] };
    rows[30] = { timestamp: 29_000 };
    rows[40] = { timestamp: 5_000, values: [1, -1] };
    rows[99] = { metrics: ['a'], values: [1] };
    const { violations, violatingRows, metrics } = validate(rows);
    expect(violations).toMatchObject({
      range: {
        count: 2,
        examples: [{ place: 'row 20', host: 'h', metric: 'cpu_percent' }, { place: 'row 40' }],
      },
      missing: {
        count: 3,
        examples: [{ place: 'row 10' }, { place: 'row 20', metric: 'a' }, { place: 'row 99' }],
      },
      duplicate: { count: 2, examples: [{ place: 'row 30' }, { place: 'row 40' }] },
      order: { count: 1, examples: [{ place: 'row 40' }] },
    });
    expect(violatingRows).toBe(5);
    expect(metrics.map(({ metric, missing, outOfRange }) => [metric, missing, outOfRange])).toEqual([
      ['a', 1, 0],
      ['cpu_percent', 2, 2],
    ]);
  });

  it('takes the events of one moment that sources split as one, and keeps hosts apart', () => {
    const validation = createValidation(options);
    for (let i = 0; i < 20; i += 1)
      for (const host of ['x', 'y'])
        for (const metric of ['a', 'b'])
          validation.take({ place: '', host, timestamp: i * 1000, metrics: [metric], values: [i] });
    expect(validation.result()).toMatchObject({
      rows: 80,
      violatingRows: 0,
      hosts: [{ host: 'x' }, { host: 'y' }],
    });
  });

  it('passes at 5 % and fails above, rows that cannot be read included', () => {
    const share = (bad: number) => {
      const validation = createValidation(options);
      for (let i = 0; i < 100; i += 1) {
        if (i < bad) validation.unreadable(`line ${i}`, 'no');
        else validation.take({ place: '', host: 'h', timestamp: i, metrics: ['a'], values: [1] });
      }
      return reportOf('x', validation.result(), 0.05);
    };
    expect(share(5)).toMatchObject({ passed: true, violationShare: 0.05 });
    expect(share(6)).toMatchObject({ passed: false, violations: { schema: { count: 6 } } });
    expect(share(6).violations.schema.examples).toHaveLength(5);
  });
});

describe('the times of a host', () => {
  it('have gaps where more than the usual interval passes', () => {
    const times = [0, 1, 2, 3, 4, 8, 9, 10].map((s) => s * 60_000);
    expect(hostTimes(times, 1.5)).toEqual({
      from: 0,
      to: 600_000,
      usualIntervalMs: 60_000,
      gaps: 1,
      longestIntervalMs: 240_000,
      rowsInGaps: 3,
    });
    expect(hostTimes([...times].reverse(), 1.5).gaps).toBe(1);
    expect(hostTimes([5, 5], 1.5)).toMatchObject({ from: 5, to: 5, usualIntervalMs: null, gaps: 0 });
    expect(hostTimes([0, 10, 20, 30, 500], 1.5).gaps).toBe(0);
  });
});

describe('the summary of a metric', () => {
  const column = (values: number[]) => ({ metric: 'load_1m', values, missing: 0, outOfRange: 0 });

  it('has the figures that a person would compute', () => {
    const summary = summarize(column([1, 2, 3, 4, 5, 6, 7, 8, 9, 100]), options);
    expect(summary).toMatchObject({
      count: 10,
      outliers: 1,
      range: { least: 0, most: null },
      values: { mean: 14.5, min: 1, q25: 3.25, median: 5.5, q75: 7.75, max: 100 },
    });
    expect(summary.values?.standardDeviation).toBeCloseTo(Math.sqrt(8182.5 / 9), 10);
    expect(summary.values?.fences).toEqual({ low: -3.5, high: 14.5 });
  });

  it('has no outliers where the quartiles are equal, and no values where there are none', () => {
    expect(summarize(column([...Array(20).fill(5), 900]), options)).toMatchObject({
      outliers: 0,
      values: { fences: null },
    });
    expect(summarize(column([]), options)).toMatchObject({ count: 0, outliers: 0, values: null });
    expect(summarize(column([3]), options).values).toMatchObject({ mean: 3, standardDeviation: 0 });
  });
});

it('sums up values whose squares no double holds', () => {
  const column = { metric: 'a', values: [1e308, -1e308, 1e308, -1e308], missing: 0, outOfRange: 0 };
  const { values } = summarize(column, options);
  expect(values?.mean).toBe(0);
  expect(values?.standardDeviation).toBeCloseTo(Math.sqrt(4 / 3) * 1e308, -300);
});
