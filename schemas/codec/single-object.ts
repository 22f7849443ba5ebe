import { type Rejection, reject } from './rejection.js';

/** Bytes before the body of a single-object record: two of magic, eight of fingerprint. */
export const SINGLE_OBJECT_HEADER_BYTES = 10;

/**
 * Returns the ten bytes that precede every body of a schema: C3 01 and the fingerprint, least significant byte first.
 * Source: Avro specification 1.11, "Single-object encoding".
 */
export function singleObjectHeader(fingerprint: bigint): Buffer {
  const header = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(fingerprint, 2);
  return header;
}

/** Returns null when the bytes begin with this header, else why not: another magic, too short, or another schema. */
export function singleObjectFault(bytes: Buffer, header: Buffer): Rejection | null {
  for (let at = 0; at < SINGLE_OBJECT_HEADER_BYTES; at += 1) {
    if (bytes[at] !== header[at]) return explain(bytes);
  }
  return null;
}

function explain(bytes: Buffer): Rejection {
  if (bytes.length === 0) return reject('EMPTY', 'the record has no bytes');
  if (bytes[0] !== 0xc3 || (bytes.length > 1 && bytes[1] !== 0x01)) {
    return reject('NOT_SINGLE_OBJECT', 'the record does not begin with the magic bytes C3 01');
  }
  if (bytes.length < SINGLE_OBJECT_HEADER_BYTES) {
    return reject('TRUNCATED', `the record ends after ${bytes.length} of the 10 bytes of its header`);
  }
  const found = bytes.readBigUInt64LE(2).toString(16).padStart(16, '0');
  return reject(
    'UNKNOWN_SCHEMA',
    `the record was written with a schema of fingerprint ${found}, which is not known here`,
  );
}
