import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { compileGuard } from '../../../schemas/codec/guard.js';
import { cheapestMs } from './elapsed.js';

/** Avro's variable-length zigzag form of a whole number. */
function varint(value: bigint): number[] {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

const EMPTY_RECORD = { type: 'record', name: 'Nothing', fields: [] };
const LIST = {
  type: 'record',
  name: 'Node',
  fields: [{ name: 'next', type: ['null', 'Node'] }],
};
const TREE = {
  type: 'record',
  name: 'Tree',
  fields: [{ name: 'children', type: { type: 'array', items: 'Tree' } }],
};
const array = (items: unknown) => ({ type: 'array', items });
const map = (values: unknown) => ({ type: 'map', values });

function codeOf(schema: unknown, bytes: readonly number[]): string | null {
  return compileGuard(schema)(Buffer.from(bytes), 0)?.code ?? null;
}

describe('bombs', () => {
  const BOMBS: ReadonlyArray<readonly [string, unknown, readonly number[], string]> = [
    ['array of 2^31 numbers in 5 bytes', array('int'), varint(2n ** 31n), 'BLOCK_BOMB'],
    ['array of 20 million numbers', array('int'), varint(20_000_000n), 'BLOCK_BOMB'],
    [
      'array of 20 million records without bytes',
      array(EMPTY_RECORD),
      [...varint(20_000_000n), 0],
      'BLOCK_BOMB',
    ],
    ['array of 2^40 nulls', array('null'), [...varint(2n ** 40n), 0], 'BLOCK_BOMB'],
    ['one null in an array', array('null'), [2, 0], 'BLOCK_BOMB'],
    ['map of 2^31 entries', map('string'), varint(2n ** 31n), 'BLOCK_BOMB'],
    [
      'negative count of 2^62 with a size',
      array('int'),
      [...varint(-(2n ** 62n)), ...varint(1n), 0],
      'BLOCK_BOMB',
    ],
    ['least count of 64 bits', array('int'), [...varint(-(2n ** 63n)), 0], 'BLOCK_BOMB'],
    [
      'doubles that need more bytes than are left',
      array('double'),
      [4, ...Array<number>(15).fill(0)],
      'BLOCK_BOMB',
    ],
    ['a second block that is a bomb', array('int'), [2, 1, ...varint(2n ** 31n)], 'BLOCK_BOMB'],
    ['text of 2^31 bytes', 'string', varint(2n ** 31n), 'TRUNCATED'],
    ['bytes of 2^62', 'bytes', varint(2n ** 62n), 'TRUNCATED'],
    ['negative length of text', 'string', varint(-1n), 'MALFORMED'],
    ['negative length of bytes', 'bytes', varint(-(2n ** 62n)), 'MALFORMED'],
    ['recursion of 100,000', LIST, [...Array<number>(100_000).fill(2), 0], 'TOO_DEEP'],
    ['recursion of 100,000 through arrays', TREE, [...Array<number>(100_000).fill(2), 0], 'TOO_DEEP'],
    ['number without an end', 'long', Array<number>(100_000).fill(0x80), 'MALFORMED'],
  ];

  it.each(BOMBS)('%s: refused within 5 ms', (_, schema, bytes, code) => {
    const guard = compileGuard(schema);
    const body = Buffer.from(bytes);
    let found: string | undefined;
    const spent = cheapestMs(() => {
      found = guard(body, 0)?.code;
    }, 5);
    expect(found).toBe(code);
    expect(spent).toBeLessThan(5);
  });

  it('refuses a schema that itself nests without end', () => {
    let schema: unknown = 'int';
    for (let i = 0; i < 40; i += 1) schema = array(schema);
    expect(() => compileGuard(schema)).toThrow('nests deeper');
  });
});

describe('structure', () => {
  it.each([
    ['boolean of 2', 'boolean', [2], 'MALFORMED'],
    ['boolean missing', 'boolean', [], 'TRUNCATED'],
    ['number cut', 'long', [0x80], 'TRUNCATED'],
    ['int above 32 bits', 'int', varint(2n ** 31n), 'OUT_OF_RANGE'],
    ['int below 32 bits', 'int', varint(-(2n ** 31n) - 1n), 'OUT_OF_RANGE'],
    ['long above 2^53', 'long', varint(2n ** 53n), 'OUT_OF_RANGE'],
    ['symbol that does not exist', { type: 'enum', name: 'E', symbols: ['A'] }, [2], 'MALFORMED'],
    ['branch that does not exist', ['null', 'int'], [4], 'MALFORMED'],
    ['negative branch', ['null', 'int'], [1], 'MALFORMED'],
    ['fixed cut', { type: 'fixed', name: 'F', size: 4 }, [1, 2, 3], 'TRUNCATED'],
    ['bytes after the end', 'int', [2, 0], 'TRAILING_BYTES'],
    ['block of another size than it says', array('int'), [1, 4, 2, 0], 'MALFORMED'],
    ['text cut', 'string', [6, 97, 98], 'TRUNCATED'],
    ['text that is not UTF-8', 'string', [4, 0xc3, 0x28], 'BAD_TEXT'],
    ['a surrogate in text', 'string', [6, 0xed, 0xa0, 0x80], 'BAD_TEXT'],
    ['float infinity', 'float', [0, 0, 0x80, 0x7f], 'NOT_FINITE'],
  ])('%s', (_, schema, bytes, code) => {
    expect(codeOf(schema, bytes)).toBe(code);
  });

  it.each([
    ['number in more bytes than it needs', 'long', [0x82, 0x80, 0x00]],
    ['block with its size', array('int'), [3, 4, 2, 4, 0]],
    ['empty text', 'string', [0]],
    ['text of two bytes a character', 'string', [4, 0xc3, 0xbc]],
    ['the replacement character itself', 'string', [6, 0xef, 0xbf, 0xbd]],
    ['least int', 'int', varint(-(2n ** 31n))],
    ['recursion of 31', LIST, [...Array<number>(31).fill(2), 0]],
    ['wide tree', TREE, [4, 0, 0, 0]],
  ])('accepts: %s', (_, schema, bytes) => {
    expect(codeOf(schema, bytes)).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses the double %s, alone and in a run',
    (value) => {
      const bytes = Buffer.alloc(24);
      bytes.writeDoubleLE(value, 8);
      expect(codeOf('double', [...bytes.subarray(8, 16)])).toBe('NOT_FINITE');
      expect(codeOf(array('double'), [6, ...bytes, 0])).toBe('NOT_FINITE');
    },
  );

  it('accepts the largest and the smallest doubles', () => {
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleLE(Number.MAX_VALUE, 0);
    bytes.writeDoubleLE(-Number.MIN_VALUE, 8);
    expect(codeOf(array('double'), [4, ...bytes, 0])).toBeNull();
  });

  it('refuses the key __proto__, however its length is written', () => {
    const key = [...Buffer.from('__proto__')];
    expect(codeOf(map('int'), [2, 18, ...key, 2, 0])).toBe('BAD_NAME');
    expect(codeOf(map('int'), [2, 0x92, 0x00, ...key, 2, 0])).toBe('BAD_NAME');
    expect(codeOf(map('int'), [2, 18, ...Buffer.from('__prota__'), 2, 0])).toBeNull();
  });

  it('refuses the numbers that the library would misread', () => {
    // -2^52 - 1 in zigzag form is 2^53 + 1: the library's sum rounds it to an even number and returns it as positive.
    const bytes = Buffer.from(varint(-(2n ** 52n) - 1n));
    expect(avsc.Type.forSchema('long').fromBuffer(bytes)).not.toBe(-(2 ** 52) - 1);
    expect(codeOf('long', [...bytes])).toBe('OUT_OF_RANGE');
    expect(codeOf('long', varint(-(2n ** 52n)))).toBeNull();
  });

  it('names the field in the reason', () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [{ name: 'a', type: { ...LIST, name: 'S', fields: [{ name: 'b', type: 'int' }] } }],
    };
    expect(compileGuard(schema)(Buffer.alloc(0), 0)?.reason).toContain('a.b');
  });
});
