import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import { type Rejection, reject } from './rejection.js';
import { singleObjectHeader } from './single-object.js';

/** Size limit of an event record, bytes (256 KiB). */
export const EVENT_BYTES = 256 * 1024;
/** Size limit of a model record, bytes (16 MiB). */
export const MODEL_BYTES = 16 * 1024 * 1024;
/** Size limit of a host's state, bytes (4 MiB): 512 metrics of 8 KiB. */
export const STATE_BYTES = 4 * 1024 * 1024;

/** Outcome of reading bytes: the record, or why it cannot be used. Bad bytes are expected, so this is never thrown. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | Rejection;

/** Reads and writes one record type in Avro single-object encoding (C3 01, fingerprint, body). */
export interface RecordCodec<T> {
  /** Full name of the record in its schema. */
  readonly name: string;
  /** The schema, parsed JSON as it stands in the `.avsc`. */
  readonly schema: unknown;
  /** The ten bytes that precede every body: C3 01 and the little-endian CRC-64-AVRO fingerprint. */
  readonly header: Buffer;
  /** Returns the framed bytes of a record that matches the schema; throws on one that does not (a bug, not bad data). */
  encode(value: T): Buffer;
  /** Returns the record, or the code and reason for refusing the bytes. Never throws. O(bytes). */
  decode(bytes: Buffer): Decoded<T>;
  /** As {@link decode}, for a body without its frame (the registry's framing puts another one before it). */
  decodeBody(body: Buffer): Decoded<T>;
}

export interface CodecOptions {
  /** Largest accepted record, bytes, frame included. */
  readonly maxBytes: number;
}
