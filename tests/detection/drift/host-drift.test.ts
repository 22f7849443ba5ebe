import { describe, expect, it } from 'vitest';
import { HostDrift } from '../../../detection/drift/host-drift.js';
import { buildDriftReference, type DriftReference } from '../../../detection/drift/reference.js';
import { driftSettings } from '../../../detection/drift/settings.js';
import {
  DAY,
  dayRhythm,
  feed,
  HOUR,
  referenceOf,
  reports,
  SPREAD,
  STEP,
  settings,
  uniform,
} from './synthetic.js';

const PER_DAY = DAY / STEP;
const TRAIN = 8;
const END = 20;

/** `count` metrics that share the rhythm; `change` may alter a live row (day counted from the end of training). */
function world(count: number, change: (metric: number, day: number, x: number) => number) {
  const series = Array.from({ length: count }, (_, metric) =>
    dayRhythm(END * PER_DAY, 11 + metric).map((x, i) =>
      i < TRAIN * PER_DAY ? x : change(metric, i / PER_DAY - TRAIN, x),
    ),
  );
  const metrics = series.map((values, i) => ({
    name: `m${i}`,
    reference: referenceOf(values, TRAIN) as DriftReference | null,
  }));
  return { series, metrics, host: new HostDrift(metrics, settings) };
}

function run(count: number, change: (metric: number, day: number, x: number) => number) {
  const { host, series } = world(count, change);
  return reports(feed(host, series, TRAIN * PER_DAY, END * PER_DAY));
}

describe('host drift on series with a day rhythm', () => {
  it('is silent when nothing changes', () => {
    expect(run(8, (_, __, x) => x)).toEqual([]);
  });

  it('reports a lasting step of one and a half sd in all metrics once, with what changed and since when', () => {
    const found = run(4, (_, day, x) => (day >= 3 ? x + 1.5 * SPREAD : x));
    expect(found.filter((report) => report.state === 'opened')).toHaveLength(1);
    const report = found[found.length - 1];
    expect(report).toMatchObject({
      scope: 'host',
      liveMetrics: 4,
      metricsNeeded: 2,
      recommendation: 'adopt',
      harm: null,
    });
    expect(report?.metrics.map((drift) => drift.metric).sort()).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(report?.severity).toBeGreaterThanOrEqual(5);
    const drift = report?.metrics[0];
    const start = (TRAIN + 3) * DAY;
    expect(Math.abs((drift?.onset ?? 0) - start)).toBeLessThan(DAY / 2);
    expect((drift?.confirmedAt ?? 0) - start).toBeLessThan(2 * DAY);
    const shift = (drift?.effect.meanNow ?? 0) - (drift?.effect.meanThen ?? 0);
    expect(shift).toBeGreaterThan(1.2 * SPREAD);
    expect(shift).toBeLessThan(1.8 * SPREAD);
    expect(drift?.effect.medianNow).toBeGreaterThan((drift?.effect.medianThen ?? 0) + SPREAD);
    expect(drift?.effect.wasserstein).toBeGreaterThan(SPREAD);
    expect(drift?.effect.pValue).toBeLessThan(1e-6);
    expect(drift?.effectiveRowsNow).toBeLessThan((drift?.rowsNow ?? 0) / 5);
  });

  it('writes a note of severity 3 at most when one metric of eight changes', () => {
    const found = run(8, (metric, day, x) => (metric === 2 && day >= 3 ? x + 4 * SPREAD : x));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ scope: 'metric', recommendation: 'watch', metricsNeeded: 3 });
    expect(found[0]?.severity).toBeLessThanOrEqual(3);
    expect(found[0]?.metrics.map((drift) => drift.metric)).toEqual(['m2']);
  });

  it('says nothing of spikes, nor of an incident of 5 hours', () => {
    expect(run(4, (_, day, x) => (Math.floor(day * PER_DAY) % 40 === 0 ? x + 10 * SPREAD : x))).toEqual([]);
    expect(run(4, (_, day, x) => (day >= 3 && day < 3 + 5 / 24 ? x + 6 * SPREAD : x))).toEqual([]);
  });

  it('says nothing when a change ends after half a window', () => {
    expect(run(4, (_, day, x) => (day >= 3 && day < 3.5 ? x + 3 * SPREAD : x))).toEqual([]);
  });

  it('says nothing when the last quarter of the window is back, however long the run', () => {
    // Without a day rhythm, so that six hours can look like a day. The run of a 17 h incident passes 24 checks.
    const noise = uniform(4);
    const series = [0, 1].map(() =>
      Array.from({ length: END * PER_DAY }, (_, i) => {
        const day = i / PER_DAY - TRAIN;
        return noise() + (day >= 3 && day < 3 + 17 / 24 ? 5 : 0);
      }),
    );
    const metrics = series.map((values, i) => ({ name: `m${i}`, reference: referenceOf(values, TRAIN) }));
    const outcomes = feed(new HostDrift(metrics, settings), series, TRAIN * PER_DAY, END * PER_DAY);
    const runs = outcomes.flatMap((outcome) =>
      outcome.kind === 'checked' ? outcome.metrics.map((m) => m.run) : [],
    );
    expect(Math.max(...runs)).toBeGreaterThanOrEqual(settings.persistence);
    expect(reports(outcomes)).toEqual([]);
  });

  it('forgets the older of two adopted states for a third', () => {
    const levels = [0, 3, -3, 6, 3];
    const found = run(1, (_, day, x) => x + (levels[Math.min(4, Math.floor(day / 2.4))] ?? 0) * SPREAD);
    expect(found.map((report) => Math.round((report.metrics[0]?.effect.meanNow ?? 0) - 50))).toHaveLength(4);
    expect(found.every((report) => report.state !== 'updated')).toBe(true);
  });

  it('makes no host report of metrics that change more than a window apart', () => {
    const found = run(6, (metric, day, x) => (metric < 3 && day >= 1 + 3 * metric ? x + 3 * SPREAD : x));
    expect(found.map((report) => [report.scope, report.metrics.length])).toEqual([
      ['metric', 1],
      ['metric', 1],
      ['metric', 1],
    ]);
  });

  it('starts a run again after hours that nobody saw', () => {
    const { host, series } = world(1, (_, day, x) => (day >= 2 ? x + 3 * SPREAD : x));
    const at = (day: number) => (TRAIN + day) * PER_DAY;
    const before = feed(host, series, at(0), at(2.75));
    expect(before[before.length - 1]).toMatchObject({ metrics: [{ run: 10 }] });
    const after = feed(host, series, at(3.25), at(4.3));
    const runs = after.flatMap((outcome) =>
      outcome.kind === 'checked' ? outcome.metrics.map((m) => m.run) : [],
    );
    // The silence leaves 18 blocks of the window for seven checks; then there is no window, and the count begins at 1.
    expect(Math.max(...runs)).toBeLessThanOrEqual(17);
    expect(runs[runs.length - 1]).toBeLessThan(10);
    expect(runs).toContain(1);
  });

  it('does not let an adopted state learn the one that follows', () => {
    const { host, series } = world(1, (_, day, x) => x + (day >= 5 ? 8 : day >= 2 ? 3 : 0) * SPREAD);
    const outcomes = feed(host, series, TRAIN * PER_DAY, (TRAIN + 6) * PER_DAY + 12);
    const last = outcomes[outcomes.length - 1];
    expect(last).toMatchObject({ kind: 'checked', metrics: [{ nearestRegime: 1 }] });
    expect(last?.kind === 'checked' ? last.metrics[0]?.distance : 0).toBeGreaterThan(0.83);
  });

  it('is silent about falling back into the reference, and about a second visit to an adopted state', () => {
    const found = run(4, (_, day, x) => ((day >= 2 && day < 5) || day >= 8 ? x + 2 * SPREAD : x));
    expect(found.filter((report) => report.state === 'opened')).toHaveLength(1);
    expect(found.every((report) => report.windowEnd < (TRAIN + 5) * DAY)).toBe(true);
  });

  it('reports every visit to a state when none is remembered beside training', () => {
    const { metrics, series } = world(4, (_, day, x) =>
      (day >= 2 && day < 5) || day >= 8 ? x + 2 * SPREAD : x,
    );
    const host = new HostDrift(metrics, driftSettings({ ...settings, regimes: 1 }));
    const found = reports(feed(host, series, TRAIN * PER_DAY, END * PER_DAY));
    expect(found.filter((report) => report.scope === 'host' && report.state === 'opened')).toHaveLength(2);
  });

  it('lets harm raise the severity of a host report, and an open incident stop its adoption', () => {
    const { host, series } = world(4, (_, day, x) => (day >= 3 ? x + 1.5 * SPREAD : x));
    const outcomes = [];
    for (let i = TRAIN * PER_DAY; i < END * PER_DAY; i++) {
      const values = series.map((one) => one[i] ?? Number.NaN);
      outcomes.push(...host.step({ appendTime: i * STEP, values, harmRate: 1, openIncident: true }));
    }
    expect(reports(outcomes)[0]).toMatchObject({ severity: 10, harm: 1, recommendation: 'investigate' });
  });

  it('counts late rows and does not add them', () => {
    const { host, series, metrics } = world(2, (_, __, x) => x);
    const punctual = new HostDrift(metrics, settings);
    const from = TRAIN * PER_DAY;
    feed(host, series, from, from + 30);
    feed(punctual, series, from, from + 30);
    const late = host.step({ appendTime: from * STEP + HOUR, values: [1e6, 1e6] });
    expect(late).toEqual([{ kind: 'late', lateRows: 1, behindMs: HOUR }]);
    expect(host.lateRows).toBe(1);
    const after = feed(host, series, from + 30, from + 3 * PER_DAY);
    expect(after).toEqual(feed(punctual, series, from + 30, from + 3 * PER_DAY));
  });

  it('gives no verdict before 18 of 24 blocks are filled, after a silence, and on absent metrics', () => {
    const { host, series } = world(2, (_, __, x) => x);
    const from = TRAIN * PER_DAY;
    expect(feed(host, series, from, from + 18 * 12)).toEqual([]);
    const first = feed(host, series, from + 18 * 12, from + 18 * 12 + 1);
    expect(first).toMatchObject([{ kind: 'checked', metrics: [{ metric: 'm0', run: 0 }, { metric: 'm1' }] }]);
    const silence = feed(host, series, from + 6 * PER_DAY, from + 6 * PER_DAY + 1);
    // The first blocks of the silence are still judged; then the window is too thin.
    expect(silence.length).toBeLessThanOrEqual(6);
    expect(feed(host, series, from + 6 * PER_DAY + 1, from + 6 * PER_DAY + 17 * 12)).toEqual([]);
    const absent = world(1, (_, day, x) => (day > 1 ? Number.NaN : x));
    const checks = feed(absent.host, absent.series, from, END * PER_DAY);
    expect(checks[checks.length - 1]).toMatchObject({ windowEnd: expect.any(Number) });
    expect(checks.length).toBeLessThan(30);
  });

  it('continues after a round trip bit for bit, in the middle of a block, a run and an open report', () => {
    const change = (metric: number, day: number, x: number) => (day >= 2 + metric / 4 ? x + 2 * SPREAD : x);
    const whole = world(5, change);
    const expected = feed(whole.host, whole.series, TRAIN * PER_DAY, END * PER_DAY);
    expect(reports(expected).map((report) => report.state)).toContain('updated');
    const { metrics, series } = world(5, change);
    let host = new HostDrift(metrics, settings);
    const actual = [];
    for (let at = TRAIN * PER_DAY; at < END * PER_DAY; at += 101) {
      actual.push(...feed(host, series, at, Math.min(at + 101, END * PER_DAY)));
      host = HostDrift.fromBytes(host.toBytes(), metrics, settings);
    }
    expect(actual).toEqual(expected);
    expect(host.toBytes()).toEqual(whole.host.toBytes());
    expect(host.toBytes().length).toBeLessThan(5 * 4_096);
  });

  it('refuses state of other references, other settings, and damaged bytes', () => {
    const { host, series, metrics } = world(2, (_, __, x) => x);
    feed(host, series, TRAIN * PER_DAY, (TRAIN + 1) * PER_DAY);
    const bytes = host.toBytes();
    const other = metrics.map((metric) => ({
      ...metric,
      reference: referenceOf(dayRhythm(TRAIN * PER_DAY, 99), TRAIN),
    }));
    expect(() => HostDrift.fromBytes(bytes, other, settings)).toThrow(/reference is/);
    expect(() => HostDrift.fromBytes(bytes, metrics.slice(1), settings)).toThrow(/number of metrics/);
    expect(() => HostDrift.fromBytes(bytes.slice(0, -3), metrics, settings)).toThrow(/cut short/);
    expect(() => HostDrift.fromBytes(Uint8Array.from([7, ...bytes]), metrics, settings)).toThrow(/version 7/);
    expect(() => new HostDrift(metrics, { ...settings, windowBlocks: 12 })).toThrow(/other blocks/);
    expect(() => driftSettings({ blockMs: HOUR, windowBlocks: 0 })).toThrow(RangeError);
  });

  it('leaves metrics without a reference out', () => {
    const { metrics, series } = world(2, (_, __, x) => x + 5 * SPREAD);
    const constant = buildDriftReference({
      values: new Array(2_000).fill(3),
      timestamps: Array.from({ length: 2_000 }, (_, i) => i * STEP),
      blockMs: HOUR,
      windowBlocks: 24,
    });
    const host = new HostDrift(
      [metrics[0] ?? { name: '', reference: null }, { name: 'm1', reference: null }],
      settings,
    );
    expect(constant.kind).toBe('insufficient');
    const found = reports(feed(host, series, TRAIN * PER_DAY, END * PER_DAY));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ liveMetrics: 1, metricsNeeded: 1, scope: 'host' });
    expect(
      HostDrift.fromBytes(
        host.toBytes(),
        [metrics[0] ?? { name: '', reference: null }, { name: 'm1', reference: null }],
        settings,
      ).lateRows,
    ).toBe(0);
  });
});
