import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPoint, type FieldValue } from '../../../sinks/influxdb/point.js';
import { parseLine } from './line-protocol.js';

/** Text full of what line protocol gives a meaning to. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ',',
        '=',
        ' ',
        '"',
        '\\',
        '\n',
        '\r',
        '\t',
        '\u0000',
        '\u007f',
        '_',
        '#',
        'é',
        '😀',
        'time',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const value: fc.Arbitrary<FieldValue> = fc.oneof(fc.double({ noNaN: false }), fc.boolean(), nasty);

const draft = fc.record({
  measurement: fc.constant('m'),
  tags: fc.record({ host: nasty, group: nasty }),
  fields: fc.array(fc.tuple(nasty, value), { minLength: 1, maxLength: 6 }),
  timestamp: fc.integer({ min: 0, max: 9_223_372_036_853 }),
  sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

describe('buildPoint', () => {
  it('is read back by a server as what went in, or is refused with a code', () => {
    fc.assert(
      fc.property(draft, (input) => {
        const built = buildPoint(input);
        if (!built.ok) {
          expect(built.code).toMatch(/^[A-Z_]+$/);
          return;
        }
        const line = built.point.toLineProtocol() ?? '';
        expect(line).not.toContain('\n');
        const parsed = parseLine(line);
        expect(parsed.measurement).toBe('m');
        expect(parsed.tags).toEqual(input.tags);
        const plusZero = (entry: FieldValue) => (entry === 0 ? 0 : entry);
        expect(parsed.fields).toEqual(
          Object.fromEntries(input.fields.map(([name, entry]) => [name, plusZero(entry)])),
        );
        const expected = BigInt(input.timestamp) * 1_000_000n + (BigInt(input.sequence) % 1_000_000n);
        expect(parsed.time).toBe(String(expected));
      }),
      { numRuns: 3_000, verbose: false },
    );
  });

  it('refuses nothing that is plain', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'abcXYZ0189.:/- ,="é'),
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(plain, plain, fc.double({ noNaN: true, noDefaultInfinity: true }), (host, name, number) => {
        const built = buildPoint({
          measurement: 'm',
          tags: { h: host },
          fields: [[`f${name}`, number]],
          timestamp: 1,
          sequence: 2,
        });
        expect(built.ok).toBe(true);
      }),
    );
  });
});
