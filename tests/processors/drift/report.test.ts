import { describe, expect, it } from 'vitest';
import type { DriftReported, MetricDrift } from '../../../detection/drift/drift-outcome.js';
import { openSection, step } from '../../../processors/drift/core.js';
import { reportOf } from '../../../processors/drift/report.js';
import { driftReportCodec } from '../../../schemas/drift-report.js';
import { driftReferences } from '../../support/drift-references.js';
import { row, rows, SMALL } from './drift-harness.js';
import { GROUP, modelOf, settingsWith, tableOf } from './drift-world.js';

const reference = driftReferences(rows('web-1', 0, 1_200), SMALL);
const lengths = { driftBlockMs: SMALL.blockMs, driftWindowBlocks: SMALL.windowBlocks };
const model = tableOf(settingsWith(), modelOf([], { ...lengths, reference })).current(GROUP);

function section() {
  const opened = model === null ? null : openSection(model, 'web-1');
  if (opened === null) throw new Error('no reference');
  return opened;
}

function metric(name: string, distance: number, effect: Partial<MetricDrift['effect']> = {}): MetricDrift {
  return {
    ...{ metric: name, distance, limit: 0.3, nearestRegime: 0, onset: 10, confirmedAt: 90 },
    ...{ rowsThen: 1200, rowsNow: 120, effectiveRowsThen: 600, effectiveRowsNow: 60 },
    effect: {
      ...{
        meanThen: 1,
        meanNow: 2,
        standardDeviationThen: 4,
        standardDeviationNow: 4,
        medianThen: 1,
        medianNow: 3,
      },
      ...{ spreadThen: 8, spreadNow: 8, psi: 1, wasserstein: 2, pValue: 0.01 },
      ...effect,
    },
  };
}

function reported(metrics: readonly MetricDrift[], part: Partial<DriftReported> = {}): DriftReported {
  return {
    ...{
      kind: 'drift',
      scope: 'metric',
      state: 'opened',
      metrics,
      onset: 10,
      windowStart: 20,
      windowEnd: 90,
    },
    ...{ liveMetrics: 2, metricsNeeded: 1, severity: 2, size: 0.2, harm: null, recommendation: 'watch' },
    ...part,
  };
}

const event = row('web-1', 77);

describe('the drift report', () => {
  it('is a record that readers take, named by the event that completed it', () => {
    const report = reportOf(reported([metric('cpu', 0.5)]), { section: section(), event, index: 0 });
    expect(report).toMatchObject({ id: 'web-1:77', from: 20, to: 90, onset: 10, drifted: false, harm: 0 });
    expect(report.metrics[0]).toMatchObject({
      sampleSize: 120,
      effectiveSampleSize: 60,
      referenceSize: 1200,
    });
    expect(driftReportCodec.decode(Buffer.from(driftReportCodec.encode(report)))).toEqual({
      ok: true,
      value: report,
    });
  });

  it('shows the metric that is furthest beyond its limit first', () => {
    const metrics = [metric('a', 0.4), metric('b', 0.9), metric('c', 0.6)];
    const report = reportOf(reported(metrics, { scope: 'host' }), { section: section(), event, index: 2 });
    expect(report.metrics.map(({ metric: name }) => name)).toEqual(['b', 'c', 'a']);
    expect(report).toMatchObject({ id: 'web-1:77:2', drifted: true });
  });

  it.each([
    ['interquartile ranges', {}, 0.25],
    ['standard deviations where half of the rows are one value', { spreadThen: 0 }, 0.5],
    ['standard deviations where they differ in the last bits', { spreadThen: 1e-15 }, 0.5],
    ['nothing where all are', { spreadThen: 0, standardDeviationThen: 0 }, 0],
  ])('gives the effect in %s', (_, effect, expected) => {
    const report = reportOf(reported([metric('cpu', 0.5, effect)]), { section: section(), event, index: 0 });
    expect(report.metrics[0]?.effect).toBe(expected);
  });
});

describe('a step', () => {
  it('finds the metrics by name, wherever they stand, and goes on without those that an event lacks', () => {
    const straight = section();
    const turned = section();
    for (const one of [...rows('web-1', 1_200, 1_400), ...rows('web-1', 1_400, 2_000, 80)]) {
      const reversed = { ...one, metrics: ['x', 'mem', 'cpu'], values: [5, ...[...one.values].reverse()] };
      expect(step(turned, reversed).reports).toEqual(step(straight, one).reports);
    }
    expect(turned.drift.toBytes()).toEqual(straight.drift.toBytes());
    expect(step(section(), { ...event, metrics: [], values: [] })).toEqual({ reports: [], late: false });
  });
});
