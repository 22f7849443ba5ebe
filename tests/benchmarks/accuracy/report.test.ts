import { describe, expect, it } from 'vitest';
import type { ClassicalFigures } from '../../../benchmarks/accuracy/classical.js';
import { summarise } from '../../../benchmarks/accuracy/collection.js';
import { EXPLAINERS } from '../../../benchmarks/accuracy/explaining-steps.js';
import { hostFigures } from '../../../benchmarks/accuracy/host-figures.js';
import type { HostRun } from '../../../benchmarks/accuracy/host-run.js';
import { REFERENCE_HOSTS } from '../../../benchmarks/accuracy/published.js';
import { askedFigures, reportJson } from '../../../benchmarks/accuracy/report.js';
import { accuracyTables } from '../../../benchmarks/accuracy/tables.js';
import { columns, SCORES, VERDICTS } from '../../../benchmarks/accuracy/verdict-table.js';

const LABELS = [0, 1, 1, 0, 0, 0, 1, 0];

/** A host whose every score is this column, alarming above 0.5. */
function host(name: string, scores: readonly number[]): HostRun {
  const table = {
    rows: scores.length,
    scores: columns(SCORES, () => Float64Array.from(scores)),
    verdicts: columns(VERDICTS, () => Float64Array.from(scores, (score) => Number(score > 0.5))),
  };
  const incident = { rows: [[0.9, 0.1, 0]], scores: [0.8], truth: [0] };
  return {
    figures: hostFigures(name, LABELS, table, 300_000),
    explained: {
      ...columns(EXPLAINERS, () => [incident]),
      chance: [{ rows: [[1, 1, 1]], scores: [0.8], truth: [0] }],
    },
    agreement: { exact: 1, misfits: 0, unexplained: 1 },
  };
}

const GOOD = [0.1, 0.2, 0.9, 0.1, 0.1, 0.1, 0.8, 0.3];
const BAD = [0.1, 0.2, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1];

function report(names: readonly string[]) {
  const classical: ClassicalFigures = {
    name: 'breastw',
    rows: 683,
    features: 9,
    rocAuc: columns(['package', 'own'], (grower) => ({
      mean: grower === 'own' ? 0.98 : 0.97,
      standardDeviation: 0.001,
      seeds: [1, 2],
    })),
  };
  const asd = summarise(
    'asd',
    names.map((name, i) => host(name, i === 0 ? BAD : GOOD)),
  );
  const found = {
    command: 'x',
    date: '2026-01-01',
    node: 'v20',
    seconds: 1,
    smd: null,
    asd,
    nab: null,
    classical: [classical],
  };
  return { ...found, asked: askedFigures(found) };
}

describe('the report', () => {
  it('takes means of ratios over hosts, and pools incidents and delays', () => {
    const { asd } = report(['a', 'b']);
    // The good host finds both incidents, one a row (5 minutes) late, and misses one of three rows; the bad one raises a false alarm.
    expect(asd.verdicts.alarm).toMatchObject({
      precision: 0.5,
      recall: 1 / 3,
      f1: 0.4,
      incidents: 4,
      detected: 2,
      medianDelayMinutes: 2.5,
      falseAlarmsPerDay: 18,
    });
    expect(asd.unexplainedSegments).toBe(2);
    expect(asd.explanation.why.incident).toMatchObject({ incidents: 2, hitRate100: 1 });
  });

  it('holds what was asked against the hosts that it was asked of, and no others', () => {
    const { asked } = report(REFERENCE_HOSTS.asd);
    const met = new Map(asked.map(({ what, isMet }) => [what, isMet]));
    expect(met.get('asd: incident HitRate@100')).toBe(true);
    expect(met.get('asd: false alarms a day of alarm')).toBe(false);
    expect(met.get('breastw: ROC-AUC, grower own')).toBe(true);
    expect(met.get('breastw: ROC-AUC, grower package')).toBe(false);
    const others = report(['a', 'b']).asked.map(({ what }) => what);
    expect(others.filter((what) => what.startsWith('asd'))).toEqual([]);
  });

  it('shows references beside figures, for the hosts that they are of', () => {
    expect(accuracyTables(report(REFERENCE_HOSTS.asd))).toContain('| _the recipe in Python_ | 0.866 |');
    expect(accuracyTables(report(['a', 'b']))).not.toContain('the recipe in Python');
    expect(accuracyTables(report(['a', 'b']))).toContain('| breastw, 683 x 9 | 0.9700 +- 0.0010 |');
  });

  it('rounds figures, so that two engines write the same', () => {
    const text = reportJson(report(['a', 'b']));
    expect(text).toContain('"recall": 0.333333,');
    expect(JSON.parse(text)).toMatchObject({ asd: { verdicts: { alarm: { detected: 2 } } } });
  });
});
