import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODEL_BYTES, type RecordCodec, recordCodec } from '../../../schemas/codec/record-codec.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { RECORDS } from '../../../schemas/records.js';
import { anyOf, validMetricEvent } from '../arbitraries.js';
import { SAMPLES } from '../samples.js';
import { cheapestMs } from './elapsed.js';

const MOST_MS = 50;

/** Decodes; fails when it throws or takes too long; what is accepted must be what its own encoding says. */
function survives(codec: RecordCodec<unknown>, bytes: Buffer): void {
  expect(cheapestMs(() => codec.decode(bytes), MOST_MS)).toBeLessThan(MOST_MS);
  const decoded = codec.decode(bytes);
  if (decoded.ok) expect(codec.decode(codec.encode(decoded.value))).toEqual(decoded);
  else expect(decoded.reason).not.toBe('');
}

/** Changes valid bytes as broken writers, cut disks and attackers do. */
type Mutation = (bytes: Buffer) => Buffer;
const mutation: fc.Arbitrary<Mutation> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('set', 'cut', 'insert', 'remove', 'repeat'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  })
  .map(({ at, kind, bytes: added }) => (bytes: Buffer): Buffer => {
    const position = Math.floor(at * bytes.length);
    const [head, tail] = [bytes.subarray(0, position), bytes.subarray(position)];
    switch (kind) {
      case 'set':
        return Buffer.concat([head, added, tail.subarray(added.length)]);
      case 'cut':
        return Buffer.from(head);
      case 'insert':
        return Buffer.concat([head, added, tail]);
      case 'remove':
        return Buffer.concat([head, tail.subarray(added.length)]);
      default:
        return Buffer.concat([head, tail, tail]);
    }
  });

describe.each(Object.keys(RECORDS))('%s', (name) => {
  const codec = RECORDS[name];
  if (codec === undefined) throw new Error(`no record ${name}`);
  const unchecked = recordCodec<unknown>(new URL(`../../../schemas/${name}.avsc`, import.meta.url), {
    maxBytes: MODEL_BYTES,
  });

  it('every record that the schema can carry comes back as it was', () => {
    fc.assert(
      fc.property(anyOf(codec.schema), (value) => {
        expect(unchecked.problemOf(value)).toBeNull();
        expect(unchecked.decode(unchecked.encode(value))).toEqual({ ok: true, value });
      }),
      { numRuns: 60 },
    );
  });

  it('random bytes, framed or not, are a value and cost little', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        survives(codec, Buffer.from(bytes));
        survives(codec, Buffer.concat([codec.header, bytes]));
      }),
      { numRuns: 100 },
    );
  });

  it('broken valid records are a value and cost little', () => {
    const valid = codec.encode(SAMPLES[name]);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        survives(
          codec,
          mutations.reduce((bytes, mutate) => mutate(bytes), valid),
        );
        const body = mutations.reduce((bytes, mutate) => mutate(bytes), valid.subarray(10));
        survives(codec, Buffer.concat([codec.header, body]));
      }),
      { numRuns: 200 },
    );
  });
});

it('every valid metric event is accepted and comes back as it was', () => {
  fc.assert(
    fc.property(validMetricEvent, (event) => {
      expect(metricEventCodec.decode(metricEventCodec.encode(event))).toEqual({ ok: true, value: event });
    }),
    { numRuns: 200 },
  );
});
