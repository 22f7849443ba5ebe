import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRecordEncoder,
  type RecordToEncode,
} from '../../../../common/kafka/patches/record-encoding.js';

// kafkajs's own encoder is the reference; nothing in this file replaces it.
const original = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (
  record: RecordToEncode,
) => { readonly buffer: Buffer };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: 'grapheme', maxLength: 100 }));
const headerValue = fc.oneof(bytes, text);
const record: fc.Arbitrary<RecordToEncode> = fc.record(
  {
    offsetDelta: fc.oneof(fc.nat(200), fc.nat(2 ** 30 - 1)),
    timestampDelta: fc.oneof(
      fc.integer({ min: -200, max: 200 }),
      fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
    ),
    key: fc.oneof(bytes, text, fc.constant(null)),
    value: fc.oneof(bytes, text, fc.constant(null)),
    headers: fc.dictionary(text, fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 })), {
      maxKeys: 5,
    }),
  },
  { requiredKeys: ['value'] },
);

describe('createRecordEncoder', () => {
  it('writes the bytes that kafkajs writes', () => {
    const encode = createRecordEncoder();
    fc.assert(
      fc.property(record, (one) => {
        const encoded = encode(one);
        expect(encoded.buffer.equals(original(one).buffer)).toBe(true);
        expect(Buffer.isBuffer(encoded.buf)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves earlier records alone when it goes on, over the end of its slab too', () => {
    const encode = createRecordEncoder();
    const records = Array.from({ length: 400 }, (_, i) => ({
      offsetDelta: i,
      key: `host-${i}`,
      value: Buffer.alloc(i * 7, i),
      headers: { 'tidewatch-id': String(i) },
    }));
    const encoded = records.map((one) => encode(one).buffer);
    expect(encoded.every((buffer, i) => buffer.equals(original(records[i] as RecordToEncode).buffer))).toBe(
      true,
    );
  });

  it('takes a record that is larger than a slab', () => {
    const large = { value: Buffer.alloc(200_000, 7) };
    expect(createRecordEncoder()(large).buffer.equals(original(large).buffer)).toBe(true);
  });
});
