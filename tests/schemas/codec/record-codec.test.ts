import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { EVENT_BYTES, recordCodec } from '../../../schemas/codec/record-codec.js';
import type { MetricEvent } from '../../../schemas/metric-event.js';
import { metricEventCodec as codec } from '../../../schemas/metric-event.js';
import { featureEvent, metricEvent } from '../samples.js';
import { cheapestMs } from './elapsed.js';

const encoded = codec.encode(metricEvent);
const home = mkdtempSync(join(tmpdir(), 'tidewatch-codec-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Returns the address of a schema written to a file of its own folder, with what was released of it before. */
function schemaFile(name: string, schema: object, released: Readonly<Record<string, object>> = {}): URL {
  const folder = join(home, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'x.avsc'), JSON.stringify(schema));
  for (const [release, older] of Object.entries(released)) {
    mkdirSync(join(folder, 'released', release), { recursive: true });
    writeFileSync(join(folder, 'released', release, 'x.avsc'), JSON.stringify(older));
  }
  return pathToFileURL(join(folder, 'x.avsc'));
}

describe('frame', () => {
  it.each([
    ['no bytes', Buffer.alloc(0), 'EMPTY'],
    ['one byte of magic', encoded.subarray(0, 1), 'TRUNCATED'],
    ['half a header', encoded.subarray(0, 7), 'TRUNCATED'],
    ['a header without body', encoded.subarray(0, 10), 'TRUNCATED'],
    ['other magic', Buffer.from('{"host":"web-1"}'), 'NOT_SINGLE_OBJECT'],
    ['a schema registry frame', Buffer.from([0, 0, 0, 0, 7, 1]), 'NOT_SINGLE_OBJECT'],
    [
      'another schema',
      Buffer.concat([Buffer.from([0xc3, 1]), Buffer.alloc(8), encoded.subarray(10)]),
      'UNKNOWN_SCHEMA',
    ],
    ['a byte too many', Buffer.concat([encoded, Buffer.alloc(1)]), 'TRAILING_BYTES'],
    ['a byte too few', encoded.subarray(0, -1), 'TRUNCATED'],
    ['a megabyte', Buffer.concat([encoded, Buffer.alloc(1024 * 1024)]), 'TOO_LARGE'],
  ])('refuses %s', (_, bytes, code) => {
    expect(codec.decode(bytes)).toMatchObject({ ok: false, code });
  });

  it('counts the frame when a body comes without it', () => {
    const body = Buffer.alloc(EVENT_BYTES - 9);
    expect(codec.decodeBody(body)).toMatchObject({ code: 'TOO_LARGE' });
    expect(codec.decodeBody(body.subarray(1))).not.toMatchObject({ code: 'TOO_LARGE' });
    expect(codec.decodeBody(encoded.subarray(10))).toEqual({ ok: true, value: metricEvent });
  });

  it('refuses a record that ends anywhere, and never another way than by a value', () => {
    for (let end = 0; end < encoded.length; end += 1) {
      expect(codec.decode(encoded.subarray(0, end))).toMatchObject({ ok: false });
    }
  });
});

describe('decode', () => {
  it('puts a bomb down before the library allocates for it', () => {
    // The body up to the count of `metrics`, then a block of 2^31 names.
    const start = codec.encode({ ...metricEvent, metrics: [], values: [], labels: {} });
    const bomb = Buffer.concat([start.subarray(0, -3), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x10])]);
    expect(codec.decode(bomb)).toMatchObject({ ok: false, code: 'BLOCK_BOMB' });
    expect(cheapestMs(() => codec.decode(bomb), 5)).toBeLessThan(5);
  });

  it('gives maps without a prototype, so that names from outside find nothing but what is there', () => {
    const decoded = codec.decode(encoded);
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(Object.getPrototypeOf(decoded.value.labels)).toBeNull();
    expect(decoded.value.labels['constructor']).toBeUndefined();
    expect(decoded.value.labels['toString']).toBeUndefined();
  });

  it('does not hold on to the bytes it read', () => {
    const state = recordCodec<{ data: Buffer }>(
      schemaFile('bytes', { type: 'record', name: 'X', fields: [{ name: 'data', type: 'bytes' }] }),
      { maxBytes: 100 },
    );
    const bytes = state.encode({ data: Buffer.from('abc') });
    const decoded = state.decode(bytes);
    bytes.fill(0);
    expect(decoded).toMatchObject({ ok: true, value: { data: Buffer.from('abc') } });
  });
});

describe('encode', () => {
  it('throws on what does not match the schema, and names where', () => {
    const wrong = { ...metricEvent, values: [1, 'two', 3] } as unknown as MetricEvent;
    expect(() => codec.encode(wrong)).toThrow(/values\.1/);
    expect(() => codec.encode({ ...metricEvent, timestamp: 1.5 })).toThrow(/timestamp/);
  });

  it('throws on a record above the limit', () => {
    expect(() => codec.encode({ ...metricEvent, id: 'x'.repeat(EVENT_BYTES) })).toThrow('above the limit');
  });

  it('gives every record bytes of its own, small and large in turn, also after one that failed', () => {
    const sizes = [10, 40_000, 20, 31_000, 100_000, 5, ...Array.from({ length: 200 }, (_, i) => i * 7)];
    const records = sizes.map((size, i) => ({ ...metricEvent, id: `${i}:${'é'.repeat(size / 2)}` }));
    const all = records.map((record, i) => {
      if (i % 3 === 0) expect(() => codec.encode({ ...record, labels: 7 as never })).toThrow('labels');
      return codec.encode(record);
    });
    const free = recordCodec<MetricEvent>(new URL('../../../schemas/metric-event.avsc', import.meta.url), {
      maxBytes: EVENT_BYTES,
    });
    expect(all.map((bytes) => free.decode(bytes))).toEqual(records.map((value) => ({ ok: true, value })));
  });

  it('shares nothing between two codecs of one schema', () => {
    const file = new URL('../../../schemas/metric-event.avsc', import.meta.url);
    const [one, two] = [recordCodec(file, { maxBytes: 1000 }), recordCodec(file, { maxBytes: 1000 })];
    const first = one.encode(metricEvent);
    two.encode({ ...metricEvent, host: 'another' });
    expect(one.decode(first)).toEqual({ ok: true, value: metricEvent });
  });
});

describe('problemOf', () => {
  it('says before sending what a reader would say', () => {
    expect(codec.problemOf(metricEvent)).toBeNull();
    expect(codec.problemOf({ ...metricEvent, values: [1, Number.NaN, 3] })).toMatchObject({
      code: 'NOT_FINITE',
    });
    expect(codec.problemOf({ ...metricEvent, host: '' })).toMatchObject({ code: 'BAD_NAME' });
    expect(codec.problemOf({ ...metricEvent, id: 'x'.repeat(EVENT_BYTES) })).toMatchObject({
      code: 'TOO_LARGE',
    });
    expect(codec.problemOf({ ...metricEvent, id: 'half a pair: \ud800' })).toMatchObject({
      code: 'BAD_TEXT',
    });
  });
});

describe('released schemas', () => {
  const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
  const record = (...fields: object[]) => ({ type: 'record', name: 'X', fields });
  const tags = field('tags', { type: 'map', values: 'string' });

  it('reads what an older release wrote, guarded by the older schema', () => {
    const older = record(field('a', 'int'), field('gone', 'string'), tags);
    const today = record(field('a', 'double'), tags, field('b', 'string', { default: 'new' }));
    const file = schemaFile('evolved', today, { '0.1.0': older, '0.2.0': today });
    const reader = recordCodec<object>(file, { maxBytes: 1000 });
    const writer = recordCodec<object>(schemaFile('older', older), { maxBytes: 1000 });
    const bytes = writer.encode({ a: 7, gone: 'x', tags: { k: 'v' } });
    const decoded = reader.decode(bytes);
    expect(decoded).toEqual({ ok: true, value: { a: 7, tags: { k: 'v' }, b: 'new' } });
    expect(decoded.ok && Object.getPrototypeOf((decoded.value as { tags: object }).tags)).toBeNull();
    expect(reader.decode(bytes.subarray(0, -1))).toMatchObject({ code: 'TRUNCATED' });
  });

  it('refuses to load when a release can no longer be read', () => {
    const file = schemaFile('broken', record(field('a', 'string')), {
      '0.1.0': record(field('b', 'string')),
    });
    expect(() => recordCodec(file, { maxBytes: 1000 })).toThrow();
  });
});

it('takes the record check as the last word', () => {
  const checked = recordCodec<typeof featureEvent>(
    new URL('../../../schemas/feature-event.avsc', import.meta.url),
    {
      maxBytes: 1000,
      check: (value) => (value.late ? null : { code: 'OUT_OF_RANGE', reason: 'not late' }),
    },
  );
  expect(checked.decode(checked.encode(featureEvent))).toEqual({
    ok: false,
    code: 'OUT_OF_RANGE',
    reason: 'not late',
  });
  expect(checked.decode(checked.encode({ ...featureEvent, late: true })).ok).toBe(true);
});
