import { describe, expect, it } from 'vitest';
import {
  emptyHost,
  type HostState,
  MAX_SERIES,
  SILENT_EVENTS,
} from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';

const named = (count: number, prefix = 'm'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`);

/** Sends events of these metrics, a second apart, and returns whether the last one was still warming up. */
function send(host: HostState, metrics: readonly string[], events: number): boolean {
  let warmingUp = true;
  for (let i = 0; i < events; i += 1) {
    const time = 1000 * host.events;
    const values = metrics.map(() => host.events);
    ({ warmingUp } = observe(host, { timestamp: time, appendTime: time, metrics, values }, 86_400_000));
  }
  return warmingUp;
}

describe('startSeries', () => {
  it('keeps the series that keep coming when a host sends more than there is room for', () => {
    const host = emptyHost();
    const metrics = named(MAX_SERIES + 100);
    expect(send(host, metrics, 40)).toBe(false);
    expect([...host.series.keys()]).toEqual(metrics.slice(0, MAX_SERIES));
  });

  it('drops what was silent for 64 events, the longest first, when a new one comes', () => {
    const host = emptyHost();
    const metrics = named(MAX_SERIES);
    send(host, metrics, 1);
    send(host, metrics.slice(2), SILENT_EVENTS);
    send(host, ['new'], 1);
    expect(host.series.has('new')).toBe(true);
    expect(metrics.filter((metric) => !host.series.has(metric))).toEqual(metrics.slice(0, 1));
    expect(host.series.size).toBe(MAX_SERIES);
  });
});
