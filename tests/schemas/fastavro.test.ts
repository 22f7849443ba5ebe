import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalForm } from '../../schemas/codec/fingerprint.js';
import { toJson } from '../../schemas/codec/to-json.js';
import { RECORDS } from '../../schemas/records.js';
import { SAMPLES } from './samples.js';

interface FastavroEntry {
  readonly canonical: string;
  readonly fingerprint: string;
  readonly encoded: string;
}

const folder = new URL('../fixtures/avro/', import.meta.url);
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const fixtures = read<Record<string, FastavroEntry>>('fastavro.json');

describe('against fastavro 1.13.1 (tests/fixtures/avro/make_fixtures.py)', () => {
  it('covers every record, from the same samples as here', () => {
    expect(Object.keys(fixtures).sort()).toEqual(Object.keys(RECORDS).sort());
    const json = Object.fromEntries(Object.entries(SAMPLES).map(([name, sample]) => [name, toJson(sample)]));
    expect(read('samples.json')).toEqual(json);
  });

  it.each(Object.keys(RECORDS))('%s: same canonical form, fingerprint and bytes, both ways', (name) => {
    const codec = RECORDS[name];
    const fixture = fixtures[name];
    if (codec === undefined || fixture === undefined) throw new Error(`no record ${name}`);
    expect(canonicalForm(codec.schema)).toBe(fixture.canonical);
    expect(codec.header.subarray(2).toString('hex')).toBe(fixture.fingerprint);
    expect(codec.encode(SAMPLES[name]).toString('hex')).toBe(fixture.encoded);
    expect(codec.decode(Buffer.from(fixture.encoded, 'hex'))).toEqual({ ok: true, value: SAMPLES[name] });
  });
});
