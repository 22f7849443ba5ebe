import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BatchContext,
  type DecodedRecord,
  decodeRecord,
  type RecordBytesReader,
} from '../../../../common/kafka/patches/record-decoding.js';
import { RecordWriter } from '../../../../common/kafka/patches/record-writer.js';

// kafkajs's own decoder is the reference; nothing in this file replaces it.
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => RecordBytesReader;
const original = require('kafkajs/src/protocol/recordBatch/record/v0/decoder') as (
  reader: RecordBytesReader,
  context: BatchContext,
) => DecodedRecord;

const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
const name = fc
  .oneof(fc.constantFrom('a', 'b', 'tidewatch-id'), fc.string({ minLength: 1, maxLength: 20 }))
  .filter((text) => !(text in {}));
const headers = fc
  .array(fc.tuple(name, fc.array(bytes, { minLength: 1, maxLength: 3 })), { maxLength: 5 })
  .map((entries) =>
    Object.fromEntries(
      entries.map(([key, values]) => [key, values.length === 1 ? (values[0] ?? null) : values]),
    ),
  );
const context: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: fc.nat().map(String),
  firstTimestamp: fc.integer({ min: 0, max: 2_000_000_000_000 }).map(String),
  maxTimestamp: fc.integer({ min: 0, max: 2_000_000_000_000 }).map(String),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

/** The record's bytes behind its length. */
function bodyOf(writer: RecordWriter): Buffer {
  const reader = new Decoder(Buffer.from(writer.written()));
  return reader.readVarIntBytes() ?? Buffer.alloc(0);
}

describe('decodeRecord', () => {
  it('reads what kafkajs reads', () => {
    fc.assert(
      fc.property(
        fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers }),
        fc.nat(2 ** 30),
        fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
        context,
        (record, offsetDelta, timestampDelta, batch) => {
          const writer = new RecordWriter();
          writer.record(record, offsetDelta, timestampDelta);
          const body = bodyOf(writer);
          expect(decodeRecord(new Decoder(body), batch)).toEqual(original(new Decoder(body), batch));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('gives the list of a header that is there twice', () => {
    const writer = new RecordWriter();
    writer.record({ value: null, headers: { a: [Buffer.from('1'), Buffer.from('2')] } }, 0, 0);
    const batch = {
      firstOffset: '7',
      firstTimestamp: '5',
      maxTimestamp: '9',
      magicByte: 2,
      timestampType: 1,
    };
    const { headers: read, offset, timestamp } = decodeRecord(new Decoder(bodyOf(writer)), batch);
    expect(read).toEqual({ a: [Buffer.from('1'), Buffer.from('2')] });
    expect([offset, timestamp]).toEqual(['7', '9']);
  });

  it.each(['constructor', '__proto__'])('takes a header named %s for a header', (header) => {
    const writer = new RecordWriter();
    writer.record({ value: null, headers: { [header]: Buffer.from('1') } }, 0, 0);
    const batch = {
      firstOffset: '0',
      firstTimestamp: '0',
      maxTimestamp: '0',
      magicByte: 2,
      timestampType: 0,
    };
    const read = decodeRecord(new Decoder(bodyOf(writer)), batch).headers;
    expect(Object.entries(read)).toEqual([[header, Buffer.from('1')]]);
  });
});
