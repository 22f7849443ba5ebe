import { describe, expect, it } from 'vitest';
import { canonicalForm, crc64Avro, fingerprint } from '../../../schemas/codec/fingerprint.js';

describe('canonicalForm', () => {
  it('keeps what rules the bytes, names in full, in the order of the specification', () => {
    const schema = {
      doc: 'x',
      type: 'record',
      namespace: 'a.b',
      name: 'R',
      aliases: ['Q'],
      fields: [
        { doc: 'y', name: 'self', type: ['null', 'R'], default: null },
        { name: 'e', type: { type: 'enum', name: 'E', symbols: ['X'], default: 'X' } },
        { name: 'again', type: 'E' },
        { name: 'f', type: { type: 'fixed', name: 'other.F', size: 4 } },
        { name: 'm', type: { values: { type: 'long', logicalType: 'timestamp-millis' }, type: 'map' } },
      ],
    };
    expect(canonicalForm(schema)).toBe(
      '{"name":"a.b.R","type":"record","fields":[{"name":"self","type":["null","a.b.R"]},' +
        '{"name":"e","type":{"name":"a.b.E","type":"enum","symbols":["X"]}},{"name":"again","type":"a.b.E"},' +
        '{"name":"f","type":{"name":"other.F","type":"fixed","size":4}},{"name":"m","type":{"type":"map","values":"long"}}]}',
    );
  });

  it('throws on what is not a schema', () => {
    expect(() => canonicalForm(7)).toThrow('is not a schema');
    expect(() => canonicalForm({ type: 'record', name: 'R' })).toThrow('has no fields');
  });
});

describe('fingerprint', () => {
  // Apache Avro, share/test/data/schema-tests.txt: fingerprints of "null" and "int" as signed numbers.
  it.each([
    ['null', 7195948357588979594n],
    ['int', 8247732601305521295n],
  ])('gives the figure of the Avro project for %s', (schema, expected) => {
    expect(BigInt.asIntN(64, fingerprint(schema))).toBe(expected);
  });

  it('starts from the empty fingerprint', () => {
    expect(crc64Avro(new Uint8Array(0))).toBe(0xc15d213aa4d7a795n);
  });
});
