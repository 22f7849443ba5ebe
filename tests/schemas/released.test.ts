import { existsSync, readdirSync } from 'node:fs';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../schemas/codec/fingerprint.js';
import { compileGuard } from '../../schemas/codec/guard.js';
import { releasedSchemas } from '../../schemas/codec/released.js';
import { singleObjectHeader } from '../../schemas/codec/single-object.js';
import { RECORDS } from '../../schemas/records.js';

const folder = new URL('../../schemas/', import.meta.url);
const file = (name: string) => new URL(`${name}.avsc`, folder);

it('every record that was ever released still exists', () => {
  const released = new URL('released/', folder);
  expect(existsSync(released)).toBe(true);
  for (const release of readdirSync(released)) {
    for (const name of readdirSync(new URL(`${release}/`, released))) {
      expect(Object.keys(RECORDS)).toContain(name.replace('.avsc', ''));
    }
  }
});

describe.each(Object.keys(RECORDS))('%s', (name) => {
  const codec = RECORDS[name];
  if (codec === undefined) throw new Error(`no record ${name}`);

  it.each(releasedSchemas(file(name)))("today's reader takes records of release $release", ({ schema }) => {
    const writer = avsc.Type.forSchema(schema as avsc.schema.AvroSchema);
    const today = avsc.Type.forSchema(codec.schema as avsc.schema.AvroSchema);
    const resolver = today.createResolver(writer);
    for (let i = 0; i < 20; i += 1) {
      const body = writer.toBuffer(writer.random());
      expect(today.isValid(today.fromBuffer(body, resolver))).toBe(true);
      const bytes = Buffer.concat([singleObjectHeader(fingerprint(schema)), body]);
      const decoded = codec.decode(bytes);
      // Random records rarely mean anything; what they must not be is unknown or unreadable where the guard accepts them.
      const code = decoded.ok ? null : decoded.code;
      expect(code).not.toBe('UNKNOWN_SCHEMA');
      if (compileGuard(schema)(body, 0) === null) expect(code).not.toBe('MALFORMED');
    }
  });
});
