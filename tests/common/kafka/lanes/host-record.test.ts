import { describe, expect, it } from 'vitest';
import { readHostRecord } from '../../../../common/kafka/lanes/host-record.js';
import type { InputRecord } from '../../../../common/kafka/lanes/processor.js';
import type { Decoded } from '../../../../schemas/codec/record-codec.js';

const codec = {
  decode: (bytes: Buffer): Decoded<{ host: string }> =>
    String(bytes) === 'garbage'
      ? { ok: false, code: 'MALFORMED', reason: 'no event' }
      : { ok: true, value: { host: String(bytes) } },
};

function read(key: string | null, value: string | null) {
  const record: InputRecord = {
    partition: 0,
    offset: 1,
    timestamp: 2,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: {},
  };
  return readHostRecord(record, codec);
}

describe('the record of a host', () => {
  it('is its event where the key is the host', () => {
    expect(read('web-1', 'web-1')).toEqual({ ok: true, event: { host: 'web-1' } });
  });

  it.each([
    ['another key: the state of that host is elsewhere', 'web-2', 'web-1', 'KEY_MISMATCH', 'KEY_CONVERTER'],
    ['no key', null, 'web-1', 'KEY_MISMATCH', 'KEY_CONVERTER'],
    ['no value', 'web-1', null, 'EMPTY_VALUE', 'VALUE_CONVERTER'],
    ['bytes that are no event', 'web-1', 'garbage', 'MALFORMED', 'VALUE_CONVERTER'],
  ])('is refused for %s', (_, key, value, code, stage) => {
    expect(read(key, value)).toMatchObject({ ok: false, outcome: { kind: 'rejected', code, stage } });
  });
});
