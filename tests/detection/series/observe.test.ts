import { describe, expect, it } from 'vitest';
import { emptyHost, type HostState, MAX_SERIES } from '../../../detection/series/host-state.js';
import { newObservation, type Observation } from '../../../detection/series/observation.js';
import { observe } from '../../../detection/series/observe.js';
import { momentsOf } from '../../../detection/series/series-state.js';

const DAY_MS = 86_400_000;

function send(host: HostState, at: number, readings: Readonly<Record<string, number>>): Observation {
  const metrics = Object.keys(readings);
  const values = Object.values(readings);
  return observe(host, { timestamp: at, appendTime: at, metrics, values }, DAY_MS);
}

const valuesOf = ({ statistics }: Observation, wanted: string) =>
  statistics.find(({ name, window }) => `${name}/${window}` === wanted)?.values;

describe('observing a host', () => {
  it('does not compare with a baseline that is too old', () => {
    const observeAfter = (ageMs: number) => {
      const host = emptyHost();
      for (let i = 0; i < 40; i++) send(host, i, { cpu: i % 4 });
      return send(host, 29 + ageMs, { cpu: 500 });
    };
    const usable = observeAfter(DAY_MS);
    expect(usable.baseline).toMatchObject({ version: [1] });
    // No more than 30 points can say: 498 steps of the mean excess beyond the edge, by one point that lies there.
    expect(valuesOf(usable, 'tail/0')?.[0]).toBeGreaterThan(12);
    expect(valuesOf(usable, 'tailEvidence/0')).toEqual(valuesOf(usable, 'tail/0'));
    const stale = observeAfter(DAY_MS + 1);
    expect(stale.baseline).toBeNull();
    expect(valuesOf(stale, 'tail/0')).toEqual([0]);
    expect(valuesOf(stale, 'tailEvidence/0')).toEqual([-1]);
  });

  it('warms up while fewer than half of the metrics know 30 points: a new one does not mute its host', () => {
    const host = emptyHost();
    for (let i = 0; i < 30; i++) expect(send(host, i, { a: i % 3, b: i % 4 }).warmingUp).toBe(true);
    expect(send(host, 30, { a: 1, b: 1 }).warmingUp).toBe(false);
    expect(send(host, 31, { a: 1, b: 1, c: 1 }).warmingUp).toBe(false);
    expect(send(host, 32, { a: 1, c: 1 }).warmingUp).toBe(false);
    expect(send(host, 33, { a: 1, c: 1, d: 1 }).warmingUp).toBe(true);
    const seen = send(host, 34, { a: 1, b: 1, d: 1e9 });
    expect(valuesOf(seen, 'zscoreEvidence/0')?.[2]).toBe(-1);
  });

  it('looks at a late reading with the same eyes, and learns nothing of it', () => {
    const host = emptyHost();
    for (let i = 0; i < 100; i++) send(host, 10 * i, { a: i % 3 });
    const before = { ...momentsOf(host.series.get('a') ?? expect.fail('no series')) };
    const late = send(host, 500, { a: 900, b: 1 });
    expect(late).toMatchObject({ late: true, latenessMs: 490, published: [] });
    expect(valuesOf(late, 'zscore/0')?.[0]).toBeGreaterThan(30);
    expect(momentsOf(host.series.get('a') ?? expect.fail('no series'))).toEqual(before);
    expect([...host.series.keys()]).toEqual(['a']);
    expect(host.lateEvents).toBe(1);
  });

  it('takes values beyond 1e150 as 1e150 and stays finite', () => {
    const host = emptyHost();
    for (let i = 0; i < 200; i++) {
      const seen = send(host, i, { a: Number.MAX_VALUE * (i % 2 ? 1 : -1), b: i % 3 === 0 ? 1e308 : 0 });
      for (const { values: column } of seen.statistics) expect(column.every(Number.isFinite)).toBe(true);
      for (const { baseline } of seen.published)
        expect([baseline.mean, baseline.standardDeviation, baseline.p99].every(Number.isFinite)).toBe(true);
    }
  });

  it('says the same in a room that was filled before as in a new one', () => {
    const room = newObservation(2);
    const [fresh, reused] = [emptyHost(), emptyHost()];
    for (let i = 0; i < 70; i++) {
      // Late ones, baselines that become due and ones that are stale: every field changes.
      const timestamp = i % 9 === 8 ? 0 : i;
      const appendTime = i + (i > 60 ? 2 * DAY_MS : 0);
      const reading = {
        timestamp,
        appendTime,
        metrics: ['a', i % 5 === 4 ? 'c' : 'b'],
        values: [i % 3, i % 7],
      };
      const seen = observe(reused, reading, DAY_MS, room);
      expect(seen).toBe(room);
      expect(seen).toEqual(observe(fresh, reading, DAY_MS));
    }
  });

  it('keeps the series that are still sent when a host has too many', () => {
    const host = emptyHost();
    for (let i = 0; i < MAX_SERIES + 200; i++) send(host, i, { cpu: i % 3, [`pid.${i}`]: 1 });
    expect(host.series.size).toBe(MAX_SERIES);
    expect(momentsOf(host.series.get('cpu') ?? expect.fail('no series')).points).toBe(MAX_SERIES + 200);
    expect(host.series.has('pid.0')).toBe(false);
    expect(host.series.has(`pid.${MAX_SERIES + 199}`)).toBe(true);
  });
});
