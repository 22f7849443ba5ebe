import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeProduce, type ProduceOptions } from '../../../../common/kafka/patches/produce-encoding.js';
import type { RecordToWrite } from '../../../../common/kafka/patches/record-writer.js';

// kafkajs's own encoder is the reference; nothing in this file replaces it.
const require = createRequire(import.meta.url);
const original = require('kafkajs/src/protocol/requests/produce/v3/request') as (options: ProduceOptions) => {
  encode(): Promise<{ readonly buffer: Buffer }>;
};
const crc32C = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (bytes: Buffer) => number;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: 'grapheme', maxLength: 100 }));
const headerValue = fc.oneof(bytes, text);
const record: fc.Arbitrary<RecordToWrite> = fc.record(
  {
    key: fc.oneof(bytes, text, fc.constant(null)),
    value: fc.oneof(bytes, text, fc.constant(null)),
    headers: fc.dictionary(text, fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 })), {
      maxKeys: 5,
    }),
    timestamp: fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 }).map(String),
  },
  { requiredKeys: ['value'] },
);
const partition = fc.record(
  {
    partition: fc.nat(1_000),
    firstSequence: fc.nat(2 ** 30),
    messages: fc.array(record, { minLength: 1, maxLength: 8 }),
  },
  { requiredKeys: ['partition', 'messages'] },
);
const options: fc.Arbitrary<ProduceOptions> = fc.record(
  {
    acks: fc.constantFrom(-1, 1),
    timeout: fc.nat(60_000),
    transactionalId: fc.option(fc.string({ maxLength: 40 })),
    producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    producerEpoch: fc.nat(32_000),
    topicData: fc.array(
      fc.record({ topic: fc.string({ maxLength: 40 }), partitions: fc.array(partition, { maxLength: 4 }) }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
);

function one(message: RecordToWrite): ProduceOptions {
  return {
    acks: -1,
    timeout: 30_000,
    topicData: [{ topic: 't', partitions: [{ partition: 0, messages: [message] }] }],
  };
}

async function expectSame(asked: ProduceOptions): Promise<void> {
  const { buffer } = await original(asked).encode();
  expect(encodeProduce(asked, crc32C).equals(buffer)).toBe(true);
}

describe('encodeProduce', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it('writes the bytes that kafkajs writes', async () => {
    await fc.assert(fc.asyncProperty(options, expectSame), { numRuns: 1_000 });
  });

  it.each([0, 1, 40, 63, 64, 8_000, 8_190, 8_191, 8_192, 70_000, 1_000_000])(
    'writes a record of about %i bytes, wherever its length takes another byte',
    async (length) => {
      for (let size = Math.max(0, length - 20); size <= length; size += 1)
        await expectSame(one({ value: Buffer.alloc(size, 7) }));
    },
  );

  it('grows over many records without losing what was written', async () => {
    const messages = Array.from({ length: 3_000 }, (_, i) => ({
      key: `host-${i % 7}`,
      value: Buffer.alloc(i % 200, i),
      headers: { 'tidewatch-id': String(i), 'append-time': '1800000000000' },
    }));
    await expectSame({
      ...one({ value: null }),
      topicData: [{ topic: 't', partitions: [{ partition: 3, messages }] }],
    });
  });
});
