import { expect, it } from 'vitest';
import { toJson } from '../../../schemas/codec/to-json.js';
import { RECORDS } from '../../../schemas/records.js';
import { SAMPLES } from '../samples.js';

it.each(Object.keys(SAMPLES))('%s: what is decoded survives JSON.stringify unchanged', (name) => {
  const codec = RECORDS[name];
  const decoded = codec?.decode(codec.encode(SAMPLES[name]));
  if (!decoded?.ok) throw new Error('not decoded');
  const json = toJson(decoded.value);
  expect(JSON.parse(JSON.stringify(json))).toEqual(toJson(SAMPLES[name]));
  expect(Object.keys(json ?? {})).toEqual(Object.keys(SAMPLES[name] ?? {}));
});

it('writes bytes as base64, and says the size of what it cuts', () => {
  const record = { host: 'a', state: Buffer.from('abcdef') };
  expect(toJson(record)).toEqual({ host: 'a', state: 'YWJjZGVm' });
  expect(toJson(record, { maxBytes: 6 })).toEqual({ host: 'a', state: 'YWJjZGVm' });
  expect(toJson(record, { maxBytes: 3 })).toEqual({ host: 'a', state: { bytes: 6, base64: 'YWJj' } });
});

it('gives numbers without a sign in JSON a text, and refuses what no record holds', () => {
  expect(toJson([Number.NaN, Number.NEGATIVE_INFINITY, 2n ** 60n, null])).toEqual([
    'NaN',
    '-Infinity',
    '1152921504606846976',
    null,
  ]);
  expect(() => toJson(() => 0)).toThrow('no part of a record');
});
