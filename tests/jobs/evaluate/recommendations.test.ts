import { describe, expect, it } from 'vitest';
import { compare } from '../../../jobs/evaluate/compare.js';
import { type Findings, recommend } from '../../../jobs/evaluate/recommendations.js';
import type { ScenarioReport } from '../../../jobs/evaluate/report.js';

const ROWS = 1000;
const LATENCY = { events: 100, p50: 50, p95: 80, p99: 100 };

/** Verdicts with alarms in some rows. */
function verdicts(...alarmed: number[]) {
  const alarms = Uint8Array.from({ length: ROWS }, (_, row) => Number(alarmed.includes(row)));
  return {
    alarms,
    scores: Float64Array.from(alarms, (alarm) => 0.2 + 0.5 * alarm),
    leading: new Array<string>(ROWS).fill('cpu'),
  };
}

const clean = verdicts(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
const OUTLIERS = [100, 200, 300, 400, 500].map((place) => ({ place, metric: 'cpu' }));

function scenario(kind: ScenarioReport['kind'], change: Partial<ScenarioReport> = {}): ScenarioReport {
  const outliers = kind === 'outliers' ? OUTLIERS : null;
  return { kind, size: 0, metric: null, ...compare(clean, { clean, labels: null, outliers }), ...change };
}
const findings = (...scenarios: ScenarioReport[]): Findings => ({
  scenarios: [scenario('clean'), ...scenarios],
  latency: LATENCY,
  contamination: 0.01,
});
const rules = (given: Findings) => recommend(given).map(({ rule }) => rule);

describe('compare', () => {
  it('counts what changed, what stayed and what is new', () => {
    const now = compare(verdicts(10, 11, 12, 13, 14, 700), { clean, labels: null, outliers: null });
    expect(now).toMatchObject({
      overBoundary: 6,
      alarms: 6,
      alarmShare: 0.006,
      alarmsKept: 0.5,
      newAlarms: 1,
      agreement: 0.994,
    });
    expect(now.scoreDistance).toBeCloseTo(0.004, 9);
    expect(now.quality).toBeNull();
  });

  it('judges by labels at the boundary', () => {
    const labels = Array.from({ length: ROWS }, (_, row) => Number(row >= 10 && row < 15));
    const { quality } = compare(clean, { clean, labels, outliers: null });
    expect(quality).toMatchObject({ precision: 0.5, recall: 1 });
    expect(quality?.rocAuc).toBeGreaterThan(0.99);
  });

  it('finds an outlier within five rows, and asks whether its metric is named', () => {
    const found = verdicts(104, 205, 300);
    found.leading[300] = 'memory';
    const { outliers } = compare(found, {
      clean,
      labels: null,
      outliers: [{ place: 12, metric: 'cpu' }, ...OUTLIERS],
    });
    // The one at row 12 lies in an incident: it shows nothing.
    expect(outliers).toEqual({ placed: 5, found: 0.4, named: 0.8 });
  });
});

describe('recommend', () => {
  it('says nothing while every limit holds', () => {
    const found = { placed: 5, found: 0.8, named: 0.8 };
    const scenarios = [
      scenario('noise', { agreement: 0.95 }),
      scenario('missing', { metric: 'cpu', agreement: 0.95, alarmsKept: 0.5 }),
      scenario('outliers', { size: 10, outliers: found }),
      scenario('shift', { size: 0.5, alarms: 20 }),
      scenario('shift', { size: 1, alarms: 30 }),
    ];
    expect(recommend(findings(...scenarios))).toEqual([]);
  });

  it.each([
    [
      'noise',
      scenario('noise', { size: 0.05, agreement: 0.9 }),
      '10.0% of the verdicts change under noise 0.05 sd',
    ],
    ['missing-metric', scenario('missing', { metric: 'cpu', agreement: 0.9 }), 'Without cpu up to 10.0%'],
    [
      'blind-without-metric',
      scenario('missing', { metric: 'cpu', alarmsKept: 0.2 }),
      'as few as 20.0% of the alarms',
    ],
    [
      'outliers-missed',
      scenario('outliers', { size: 10, outliers: { placed: 5, found: 0.2, named: 1 } }),
      'Only 20.0% of single readings 10 times as high',
    ],
    [
      'outliers-misnamed',
      scenario('outliers', { size: 10, outliers: { placed: 5, found: 1, named: 0.2 } }),
      'in only 20.0%',
    ],
    ['shift-alarms', scenario('shift', { size: 0.5, alarms: 21 }), 'multiplies the alarms by 2.1 (10 to 21)'],
    ['shift-unnoticed', scenario('shift', { size: 1, alarms: 11 }), 'hardly any alarm (10 to 11)'],
  ])('recommends by the rule %s', (rule, crossed, words) => {
    const found = recommend(findings(crossed));
    expect(found.map((one) => one.rule)).toEqual([rule]);
    expect(found[0]?.advice).toContain(words);
  });

  it('looks at alarms without disturbance, and at the time for an event', () => {
    expect(rules({ ...findings(), contamination: 0.003 })).toEqual(['too-many-alarms']);
    expect(rules({ ...findings(), latency: { ...LATENCY, p99: 10_001 } })).toEqual(['latency']);
  });

  it('tells a boundary that is in the wrong place from a ranking that is wrong, where there are labels', () => {
    const labels = Array.from({ length: ROWS }, (_, row) => Number(row >= 10 && row < 50));
    const ranked = {
      ...clean,
      scores: clean.scores.map((score, row) => (labels[row] === 1 ? Math.max(score, 0.4) : score)),
    };
    const misplaced = compare(ranked, { clean: ranked, labels, outliers: null });
    expect(misplaced.best).toEqual({ f1: 1, alarmShare: 0.04 });
    const [found] = recommend({ ...findings(), scenarios: [scenario('clean', misplaced)] });
    expect(found).toMatchObject({ rule: 'boundary', measured: 0.4 });
    expect(found?.advice).toContain('with a contamination near 0.040');
    const wrong = compare(clean, { clean, labels: labels.map((label) => 1 - label), outliers: null });
    expect(
      rules({ ...findings(), scenarios: [scenario('clean', { ...wrong, best: { f1: 0, alarmShare: 0 } })] }),
    ).toEqual([]);
  });

  it('names the worst of many metrics first, and no more than five', () => {
    const missing = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((metric, i) =>
      scenario('missing', { metric, agreement: 0.9 - i / 100 }),
    );
    expect(recommend(findings(...missing))[0]?.advice).toContain(
      'Without g or f or e or d or c or one of 2 others',
    );
  });
});
