import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../../detection/series/host-state.js';
import { encodeSeries } from '../../../detection/series/series-bytes.js';
import { windowLimits } from '../../../processors/window/config.js';
import { step } from '../../../processors/window/core.js';
import type { FeatureEvent } from '../../../schemas/feature-event.js';
import { eventWith, settingsWith } from './memory-emitter.js';

const limits = windowLimits(settingsWith());
const start = 1_700_000_000_000;
/** Values of one statistic of a features record. */
const valuesOf = (feature: FeatureEvent | null, name: string, window: number) =>
  feature?.statistics.find((statistic) => statistic.name === name && statistic.window === window)?.values;
const at = (offset: number, appendTime: number) => ({ partition: 1, offset, appendTime });

describe('window step', () => {
  it('describes the first event of a host as warming up', () => {
    const { outcome, feature, baselines } = step(emptyHost(), eventWith(), at(7, start + 5), limits);
    expect(outcome).toEqual({ kind: 'emitted' });
    expect(baselines).toEqual([]);
    expect(feature).toMatchObject({
      id: 'p:1',
      host: 'web-1',
      sourcePartition: 1,
      sourceOffset: 7,
      appendTime: start + 5,
      baseline: null,
      warmingUp: true,
      late: false,
      latenessMs: 0,
    });
    expect(feature?.group).toMatch(/^g-[0-9a-f]{8}$/);
    expect(feature?.statistics.map(({ name, window, values }) => [name, window, values])).toEqual([
      ...[5, 20, 100].flatMap((window) => [
        ['mean', window, [0.5, 100]],
        ['standardDeviation', window, [0, 0]],
      ]),
      ...['zscore', 'tail'].flatMap((method) => [
        [method, 0, [0, 0]],
        [`${method}OfStandardDeviation`, 10, [0, 0]],
        [`${method}OfStep`, 10, [0, 0]],
        [`${method}OfStandardDeviation`, 60, [0, 0]],
      ]),
      ['zscoreEvidence', 0, [-1, -1]],
      ['tailEvidence', 0, [-1, -1]],
      ['novelty', 0, [-1, -1]],
    ]);
  });

  it('refuses an event time beyond the skew and changes nothing by it', () => {
    const host = emptyHost();
    const event = eventWith({ timestamp: start + 600_001 });
    const refused = step(host, event, at(0, start), limits);
    expect(refused.outcome).toMatchObject({ kind: 'rejected', code: 'TIMESTAMP_IN_FUTURE' });
    expect(host).toEqual(emptyHost());
    expect(step(host, { ...event, timestamp: start + 600_000 }, at(1, start), limits).outcome.kind).toBe(
      'emitted',
    );
  });

  it('renews the baselines of a replayed file by its own time, however fast it is replayed', () => {
    const versionAfter = (source: 'replay' | 'load') => {
      const host = emptyHost();
      for (let i = 0; i < 600; i++)
        step(
          host,
          eventWith({ id: `p:${i}`, timestamp: start + i * 60_000, source }),
          at(i, start + 1e9),
          limits,
        );
      return host.series.get('cpu')?.baseline?.version ?? 0;
    };
    // 30, 60, 120, 240, 480 points either way, and every hour of the ten that the file covers.
    expect(versionAfter('load')).toBe(5);
    expect(versionAfter('replay')).toBeGreaterThan(10);
  });

  it('drops an id that is among the last 64 of its host and takes it again after that', () => {
    const host = emptyHost();
    for (let i = 0; i < 64; i++)
      step(host, eventWith({ id: `p:${i}`, timestamp: start + i }), at(i, start + i), limits);
    const repeat = step(host, eventWith({ id: 'p:0' }), at(64, start + 64), limits);
    expect(repeat.outcome).toEqual({ kind: 'filtered', reason: 'duplicate' });
    expect(host.events).toBe(64);
    step(host, eventWith({ id: 'p:64', timestamp: start + 64 }), at(65, start + 64), limits);
    expect(step(host, eventWith({ id: 'p:0' }), at(66, start + 64), limits).outcome.kind).toBe('emitted');
  });

  it('looks at a late event with the current windows and learns nothing from it', () => {
    const host = emptyHost();
    for (let i = 0; i < 100; i++)
      step(
        host,
        eventWith({ id: `p:${i}`, timestamp: start + i * 1000, values: [i % 2, 5] }),
        at(i, start),
        limits,
      );
    const before = [...host.series.values()].map((series) => encodeSeries(series));
    const late = step(
      host,
      eventWith({
        id: 'late',
        timestamp: start + 98_000,
        metrics: ['cpu', 'disk', 'mem'],
        values: [50, 9, 5],
      }),
      at(100, start),
      limits,
    );
    // Two of its three metrics are known: a new one does not mute the host.
    expect(late.feature).toMatchObject({ late: true, latenessMs: 1000, warmingUp: false });
    expect(valuesOf(late.feature, 'mean', 20)?.[0]).toBeCloseTo((50 + 10) / 20, 12);
    expect(valuesOf(late.feature, 'zscore', 0)?.[0]).toBeCloseTo(99, 9);
    expect([...host.series.keys()]).toEqual(['cpu', 'mem']);
    expect([...host.series.values()].map((series) => encodeSeries(series))).toEqual(before);
    expect(host.lateEvents).toBe(1);
    const next = step(
      host,
      eventWith({ id: 'p:next', timestamp: start + 99_000, values: [0, 5] }),
      at(101, start),
      limits,
    );
    expect(next.feature).toMatchObject({ late: false, warmingUp: false });
  });

  it('keeps each series by its own points; a host warms up while fewer than half of its metrics are known', () => {
    const host = emptyHost();
    const send = (i: number, metrics: string[]) =>
      step(
        host,
        eventWith({
          id: `p:${i}`,
          timestamp: start + i,
          metrics,
          values: metrics.map((name) => name.length + (i % 3)),
        }),
        at(i, start + i),
        limits,
      ).feature;
    for (let i = 0; i < 60; i++) send(i, i % 2 === 0 ? ['cpu'] : ['load1']);
    expect(host.series.get('cpu')?.filled).toBe(30);
    expect(send(60, ['cpu'])).toMatchObject({ warmingUp: false, baseline: { version: [1] } });
    expect(send(61, ['cpu', 'new'])).toMatchObject({
      warmingUp: false,
      baseline: { version: [1, 0], mean: [expect.any(Number), 0] },
    });
    expect(send(62, ['cpu', 'new', 'newer'])).toMatchObject({ warmingUp: true });
  });

  it('names the group by the label, else by the names of the metrics', () => {
    const groupOf = (part: Parameters<typeof eventWith>[0]) =>
      step(emptyHost(), eventWith(part), at(0, start), limits).feature?.group;
    expect(groupOf({ labels: { group: 'web' } })).toBe('web');
    expect(groupOf({})).toBe(groupOf({ host: 'other', values: [1, 2] }));
    expect(groupOf({ metrics: ['ab', 'c'] })).not.toBe(groupOf({ metrics: ['a', 'bc'] }));
  });

  it('publishes a baseline that holds what the series holds', () => {
    const host = emptyHost();
    const published = [];
    for (let i = 0; i < 240; i++) {
      const event = eventWith({ id: `p:${i}`, timestamp: start + i * 1000, values: [i % 10, 7] });
      published.push(...step(host, event, at(i, start + i * 1000), limits).baselines);
    }
    expect(published.filter(({ metric }) => metric === 'cpu').map((b) => [b.version, b.sampleCount])).toEqual(
      [
        [1, 30],
        [2, 60],
        [3, 120],
        [4, 240],
      ],
    );
    const last = published.findLast(({ metric }) => metric === 'cpu');
    expect(last).toMatchObject({ host: 'web-1', min: 0, max: 9, hourOfDay: null, from: start });
    expect(last?.to).toBe(start + 239_000);
    expect(last?.mean).toBeCloseTo(4.5, 1);
    expect(last?.p50).toBeCloseTo(4.5, 0);
  });
});
