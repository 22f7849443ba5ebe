import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordType } from '../../../schemas/codec/record-type.js';

const schema = { type: 'array', items: 'double' } as const;
const ours = recordType(schema);
const plain = avsc.Type.forSchema({ ...schema });

describe('arrays of doubles', () => {
  it("have the library's bytes, and come back as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const bytes = ours.toBuffer(values);
        expect(bytes.equals(plain.toBuffer(values))).toBe(true);
        expect(ours.fromBuffer(bytes)).toEqual(plain.fromBuffer(bytes));
      }),
    );
  });

  it('are read from several blocks, sized or not', () => {
    const double = (value: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return bytes;
    };
    // Counts in zigzag: 2 items; -1 item in a block of 8 bytes; the end.
    const bytes = Buffer.concat([
      Buffer.of(4),
      double(1.5),
      double(2),
      Buffer.of(1, 16),
      double(-3),
      Buffer.of(0),
    ]);
    expect(ours.fromBuffer(bytes)).toEqual([1.5, 2, -3]);
    expect(plain.fromBuffer(bytes)).toEqual([1.5, 2, -3]);
  });

  it('read what was written as integers', () => {
    const integers = avsc.Type.forSchema({ type: 'array', items: 'int' });
    const resolver = ours.createResolver(integers);
    expect(ours.fromBuffer(integers.toBuffer([1, -2, 3]), resolver)).toEqual([1, -2, 3]);
  });

  it('refuse what is no array of numbers', () => {
    for (const wrong of ['text', null, [1, '2'], [undefined], new Float64Array(2)])
      expect(() => ours.toBuffer(wrong)).toThrow();
  });
});
