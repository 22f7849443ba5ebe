import { readFileSync } from 'node:fs';
import { declaredName, fingerprint, objectNode } from './fingerprint.js';
import { compileGuard, type Guard } from './guard.js';
import { recordType } from './record-type.js';
import { type Problem, type Rejection, reject } from './rejection.js';
import { releasedSchemas } from './released.js';
import { SINGLE_OBJECT_HEADER_BYTES, singleObjectFault, singleObjectHeader } from './single-object.js';
import { type DecodingSteps, stepwiseReader } from './stepwise.js';

/** Size limit of an event record, bytes (256 KiB). */
export const EVENT_BYTES = 256 * 1024;
/** Size limit of a model record, bytes (16 MiB). */
export const MODEL_BYTES = 16 * 1024 * 1024;
/** Size limit of a host's state, bytes (4 MiB): 512 metrics of 8 KiB. */
export const STATE_BYTES = 4 * 1024 * 1024;

/** Records are written one after the other into a slab of this size, bytes, and handed out as views of it. */
const SLAB_BYTES = 32 * 1024;

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
  /**
   * Returns the framed bytes of a record that matches the schema; throws on one that does not (a bug, not bad data) and on
   * one above the size limit. What only {@link problemOf} sees is written as it is. The bytes are a view of a shared slab of 32 KiB.
   */
  encode(value: T): Buffer;
  /** Returns the record, or the code and reason for refusing the bytes. Never throws. O(bytes). */
  decode(bytes: Buffer): Decoded<T>;
  /**
   * As {@link decode}, in steps of some 8 KiB: for large records where other work must not wait. Fields of bytes are views of `bytes`. Records
   * of an older release's schema are read in one step.
   */
  decodeSteps(bytes: Buffer): DecodingSteps<Decoded<T>>;
  /** As {@link decode}, for a body without its frame (the registry's framing puts another one before it). */
  decodeBody(body: Buffer): Decoded<T>;
  /** Returns why readers would refuse this record once encoded, null when they would take it: for producers of outside data. */
  problemOf(value: T): Problem | null;
}

export interface CodecOptions<T = unknown> {
  /** Largest accepted record, bytes, frame included. */
  readonly maxBytes: number;
  /** Check of a decoded record's meaning: null, or why it cannot be used. Must not throw. */
  readonly check?: (value: T) => Problem | null;
}

/**
 * Returns the codec of the record in an `.avsc` file, read once and synchronously: call it when a module loads.
 * Every decoded byte has passed the guard of the schema (see guard.ts) before the Avro library sees it. Records that a release
 * wrote are read too (see released.ts).
 * Throws when the file is missing or is not the schema of a record.
 */
export function recordCodec<T>(file: URL, options: CodecOptions<T>): RecordCodec<T> {
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return new AvroRecordCodec<T>(
    schema,
    releasedSchemas(file).map((released) => released.schema),
    options,
  );
}

/** What reads the records of one schema as records of today's. */
interface Reader {
  readonly header: Buffer;
  readonly guard: Guard;
  readonly decode: (bytes: Buffer, start: number) => unknown;
}

/** Returns the readers of the older schemas, each shape once and without today's; throws where today's schema cannot read an older one. */
function olderReaders(
  today: ReturnType<typeof recordType>,
  header: Buffer,
  older: readonly unknown[],
): Reader[] {
  const readers = new Map<string, Reader>();
  for (const schema of older) {
    const own = singleObjectHeader(fingerprint(schema));
    if (own.equals(header)) continue;
    const writer = recordType(schema);
    const resolver = today.createResolver(writer);
    readers.set(own.toString('hex'), {
      header: own,
      guard: compileGuard(schema),
      decode: (bytes, start) => today.decode(bytes, start, resolver).value,
    });
  }
  return [...readers.values()];
}

class AvroRecordCodec<T> implements RecordCodec<T> {
  readonly name: string;
  readonly header: Buffer;
  readonly #type: ReturnType<typeof recordType>;
  readonly #today: Reader;
  readonly #older: readonly Reader[];
  #steps: ReturnType<typeof stepwiseReader> | null = null;
  #slab = Buffer.alloc(0);
  #used = 0;

  constructor(
    readonly schema: unknown,
    older: readonly unknown[],
    private readonly options: CodecOptions<T>,
  ) {
    this.name = declaredName(objectNode(schema), '');
    this.header = singleObjectHeader(fingerprint(schema));
    const type = recordType(schema);
    this.#type = type;
    this.#today = {
      header: this.header,
      guard: compileGuard(schema),
      decode: (bytes, start) => type.decode(bytes, start).value,
    };
    this.#older = olderReaders(type, this.header, older);
  }

  encode(value: T): Buffer {
    const bytes = this.#write(value);
    if (bytes.length <= this.options.maxBytes) return bytes;
    throw new RangeError(
      `encoding ${this.name}: ${bytes.length} bytes are above the limit of ${this.options.maxBytes}`,
    );
  }

  decode(bytes: Buffer): Decoded<T> {
    if (bytes.length > this.options.maxBytes) return this.#tooLarge(bytes.length);
    const fault = singleObjectFault(bytes, this.header);
    if (fault === null) return this.#read(this.#today, bytes, SINGLE_OBJECT_HEADER_BYTES);
    const reader = this.#older.find((one) => singleObjectFault(bytes, one.header) === null);
    return reader === undefined ? fault : this.#read(reader, bytes, SINGLE_OBJECT_HEADER_BYTES);
  }

  *decodeSteps(bytes: Buffer): DecodingSteps<Decoded<T>> {
    if (bytes.length > this.options.maxBytes || singleObjectFault(bytes, this.header) !== null)
      return this.decode(bytes);
    this.#steps ??= stepwiseReader(this.schema, this.#type);
    const read = yield* this.#steps(bytes, SINGLE_OBJECT_HEADER_BYTES);
    return read.ok ? this.#checked(read.value as T) : read;
  }

  decodeBody(body: Buffer): Decoded<T> {
    const framed = body.length + SINGLE_OBJECT_HEADER_BYTES;
    if (framed > this.options.maxBytes) return this.#tooLarge(framed);
    return this.#read(this.#today, body, 0);
  }

  problemOf(value: T): Problem | null {
    const bytes = this.#write(value);
    if (bytes.length > this.options.maxBytes) return this.#tooLarge(bytes.length);
    return this.#today.guard(bytes, SINGLE_OBJECT_HEADER_BYTES) ?? this.options.check?.(value) ?? null;
  }

  #read(reader: Reader, bytes: Buffer, start: number): Decoded<T> {
    const fault = reader.guard(bytes, start);
    if (fault !== null) return reject(fault.code, fault.reason);
    let value: T;
    try {
      value = reader.decode(bytes, start) as T;
    } catch {
      // The guard is at least as strict as the library; should they ever differ, the record is bad and the process lives.
      return reject('MALFORMED', `the bytes are not those of a ${this.name}`);
    }
    return this.#checked(value);
  }

  #checked(value: T): Decoded<T> {
    const problem = this.options.check?.(value) ?? null;
    return problem === null ? { ok: true, value } : reject(problem.code, problem.reason);
  }

  /** Writes header and body where the slab is free; the library writes nothing past a buffer's end and tells what was missing. */
  #write(value: T): Buffer {
    for (;;) {
      const start = this.#used;
      const end = this.#tryWrite(value, start);
      if (end > 0) return this.#slab.subarray(start, end);
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, this.#slab.length - start - end));
      this.#used = 0;
    }
  }

  /** Returns the end of the written record, or minus the bytes that were missing. */
  #tryWrite(value: T, start: number): number {
    const body = start + SINGLE_OBJECT_HEADER_BYTES;
    if (body > this.#slab.length) return -SINGLE_OBJECT_HEADER_BYTES;
    this.header.copy(this.#slab, start);
    const end = this.#encodeBody(value, body);
    if (end > 0) this.#used = end;
    return end;
  }

  #encodeBody(value: T, at: number): number {
    try {
      return this.#type.encode(value, this.#slab, at);
    } catch (cause) {
      throw new TypeError(`encoding ${this.name}: ${this.#firstMismatch(value)} does not match the schema`, {
        cause,
      });
    }
  }

  #firstMismatch(value: T): string {
    let found = 'the record';
    this.#type.isValid(value, {
      errorHook: (path) => {
        found = path.join('.') || found;
      },
    });
    return found;
  }

  #tooLarge(bytes: number): Rejection {
    return reject('TOO_LARGE', `the record has ${bytes} bytes, above the limit of ${this.options.maxBytes}`);
  }
}
