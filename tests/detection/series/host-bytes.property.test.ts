import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHost, encodeHost } from '../../../detection/series/host-bytes.js';
import { emptyHost, type HostState } from '../../../detection/series/host-state.js';
import { observe } from '../../../detection/series/observe.js';
import { rememberId } from '../../../detection/series/recent-ids.js';
import { decodeSeries, encodeSeries } from '../../../detection/series/series-bytes.js';

const METRICS = ['cpu', 'disque', 'größe/1'];
const points = fc.array(
  fc.tuple(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: -1, max: 900_000 }),
  ),
  { maxLength: 250 },
);

/** Feeds points; returns everything that was seen, as text. */
function feed(host: HostState, list: readonly (readonly [number, number, number])[], from: number): string {
  let timestamp = from * 1_000_000;
  return JSON.stringify(
    list.map(([value, subset, gap], i) => {
      timestamp += gap;
      const metrics = METRICS.filter((_, bit) => (subset >> bit) & 1);
      const values = metrics.map((_, j) => value * (j + 1));
      rememberId(host.recent, `p:${from + i}`);
      return observe(host, { timestamp, appendTime: timestamp, metrics, values }, 86_400_000);
    }),
  );
}

function reread(host: HostState): HostState {
  const decoded = decodeHost(encodeHost(host));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.host;
}

describe('bytes of a host, properties', () => {
  it('continues after a round trip bit for bit as if it had never stopped', () => {
    fc.assert(
      fc.property(points, points, (first, second) => {
        const uninterrupted = emptyHost();
        feed(uninterrupted, first, 0);
        const resumed = reread(uninterrupted);
        expect(feed(resumed, second, first.length)).toBe(feed(uninterrupted, second, first.length));
        expect(Buffer.from(encodeHost(resumed)).equals(encodeHost(uninterrupted))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses any cut and any changed byte by a value, never by an exception', () => {
    const host = emptyHost();
    feed(
      host,
      Array.from({ length: 130 }, (_, i) => [i % 7, 7, 1000] as const),
      0,
    );
    const bytes = encodeHost(host);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        expect(decodeHost(damaged)).toMatchObject({
          ok: false,
          code: at === 0 ? 'STATE_VERSION_UNKNOWN' : 'STATE_CORRUPT',
        });
        expect(decodeHost(bytes.slice(0, at))).toMatchObject({ ok: false, code: 'STATE_CORRUPT' });
      }),
    );
  });

  it('refuses a series of another version, cut or too long', () => {
    const host = emptyHost();
    feed(
      host,
      Array.from({ length: 80 }, (_, i) => [i % 7, 1, 1000] as const),
      0,
    );
    const series = host.series.get('cpu');
    if (series === undefined) throw new Error('no series');
    const bytes = encodeSeries(series).slice();
    expect(Buffer.from(encodeSeries(decodeSeries(bytes))).equals(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(8192);
    for (let end = 0; end < bytes.length; end += 7)
      expect(() => decodeSeries(bytes.slice(0, end))).toThrow(RangeError);
    expect(() => decodeSeries(Uint8Array.from([...bytes, 0]))).toThrow(RangeError);
    expect(() => decodeSeries(Uint8Array.from([1, ...bytes.slice(1)]))).toThrow(/version 1 is unknown/);
  });
});
