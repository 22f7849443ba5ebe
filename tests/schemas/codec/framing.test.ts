import { describe, expect, it } from 'vitest';
import { frameForRegistry, recogniseFraming } from '../../../schemas/codec/framing.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { metricEvent } from '../samples.js';

describe('recogniseFraming', () => {
  const encoded = metricEventCodec.encode(metricEvent);

  it('takes single-object framing off', () => {
    const framing = recogniseFraming(encoded);
    if (framing.kind !== 'single-object') throw new Error(framing.kind);
    expect(framing.fingerprint).toBe(metricEventCodec.header.readBigUInt64LE(2));
    expect(metricEventCodec.decodeBody(framing.body)).toEqual({ ok: true, value: metricEvent });
  });

  it("takes the registry's framing off", () => {
    const framing = recogniseFraming(frameForRegistry(70_000, encoded.subarray(10)));
    if (framing.kind !== 'confluent') throw new Error(framing.kind);
    expect(framing.schemaId).toBe(70_000);
    expect(metricEventCodec.decodeBody(framing.body)).toEqual({ ok: true, value: metricEvent });
  });

  it.each([
    ['nothing', []],
    ['one byte of magic', [0xc3]],
    ['a header that is cut', [0xc3, 1, 0, 0, 0, 0, 0, 0, 0]],
    ['a registry frame that is cut', [0, 0, 0, 1]],
    ['schema 0', [0, 0, 0, 0, 0, 9]],
    ['a negative schema', [0, 0xff, 0, 0, 0]],
    ['JSON', [...Buffer.from('{"host":"web-1"}')]],
  ])('calls %s unknown', (_, bytes) => {
    expect(recogniseFraming(Buffer.from(bytes))).toEqual({ kind: 'unknown' });
  });

  it('refuses to write an id that no schema has', () => {
    expect(() => frameForRegistry(0, encoded)).toThrow('not the id of a schema');
  });
});
