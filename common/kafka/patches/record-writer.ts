/** Value of a record, its key, or one of its headers. */
export type RecordBytes = Buffer | string | null | undefined;

/** A record as a producer hands it to kafkajs. */
export interface RecordToWrite {
  readonly key?: RecordBytes;
  readonly value: RecordBytes;
  readonly headers?: Readonly<Record<string, RecordBytes | readonly RecordBytes[]>>;
}

const FIRST_BYTES = 64 * 1024;
const MOST_VARINT_BYTES = 10;
/** Length, attributes, deltas, and the counts of key, value and headers. */
const RECORD_OVERHEAD = 7 * MOST_VARINT_BYTES;
/** Bytes of the length of records from 64 bytes to 8 KiB: nearly all. */
const USUAL_LENGTH_BYTES = 2;
const SHORT_TEXT = 64;

/** Writes the numbers, texts and records of Kafka's protocol one after the other into one buffer that grows. */
export class RecordWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** Returns what was written from `from` on: a view, good until the next write. */
  written(from = 0): Buffer {
    return this.#buffer.subarray(from, this.#at);
  }

  int8(value: number): void {
    this.#room(1);
    this.#at = this.#buffer.writeInt8(value, this.#at);
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
  }

  /** Length (int16) and text, -1 for null. */
  string(value: string | null): void {
    const bytes = value === null ? 0 : Buffer.byteLength(value);
    this.int16(value === null ? -1 : bytes);
    if (value === null) return;
    this.#room(bytes);
    this.#at += this.#buffer.write(value, this.#at);
  }

  /** Puts a number in the place of one written before, as unsigned 32 bits. */
  overwrite32(value: number, at: number): void {
    this.#buffer.writeUInt32BE(value, at);
  }

  /** One record of message format 2. `offsetDelta` from 0, `timestampDelta` milliseconds, up to 2^52 either side. */
  record(record: RecordToWrite, offsetDelta: number, timestampDelta: number): void {
    const { key, value, headers } = record;
    this.#room(mostBytes(record));
    // The length stands before the body and is only known after it; where it takes other than two bytes the body moves.
    const start = this.#at;
    const body = start + USUAL_LENGTH_BYTES;
    this.#at = body;
    this.#buffer[this.#at++] = 0;
    this.#number(timestampDelta);
    this.#number(offsetDelta);
    this.#bytes(key);
    this.#bytes(value);
    this.#headers(headers ?? {});
    const size = this.#at - body;
    const lengthBytes = sizeOfNumber(size);
    if (lengthBytes !== USUAL_LENGTH_BYTES) this.#buffer.copyWithin(start + lengthBytes, body, this.#at);
    this.#at = start;
    this.#number(size);
    this.#at += size;
  }

  #headers(headers: NonNullable<RecordToWrite['headers']>): void {
    let count = 0;
    for (const name in headers) {
      const value = headers[name];
      count += Array.isArray(value) ? value.length : 1;
    }
    this.#number(count);
    for (const name in headers) {
      const value = headers[name];
      if (Array.isArray(value)) for (const one of value) this.#header(name, one);
      else this.#header(name, value as RecordBytes);
    }
  }

  #header(name: string, value: RecordBytes): void {
    this.#bytes(name);
    this.#bytes(value);
  }

  #bytes(value: RecordBytes): void {
    if (value === null || value === undefined) this.#number(-1);
    else if (Buffer.isBuffer(value)) {
      this.#number(value.length);
      this.#buffer.set(value, this.#at);
      this.#at += value.length;
    } else this.#text(String(value));
  }

  /** Header names and ids are short and ASCII, where writing by hand beats a call into C++. */
  #text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#ascii(value)) return;
    this.#number(Buffer.byteLength(value));
    this.#at += this.#buffer.write(value, this.#at);
  }

  /** Returns whether the text was ASCII; otherwise nothing was written. */
  #ascii(value: string): boolean {
    const start = this.#at;
    this.#number(value.length);
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#at = start;
        return false;
      }
      this.#buffer[this.#at++] = code;
    }
    return true;
  }

  /** Zigzag variable-length number. */
  #number(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest > 0x7fff_ffff) {
      this.#buffer[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}

function sizeOfNumber(value: number): number {
  let size = 1;
  for (let rest = 2 * value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Bound of the bytes of a record: three per UTF-16 unit of a text. */
function mostBytes({ key, value, headers = {} }: RecordToWrite): number {
  let bytes = RECORD_OVERHEAD + mostBytesOf(key) + mostBytesOf(value);
  for (const name in headers) {
    const header = headers[name];
    if (Array.isArray(header)) for (const one of header) bytes += mostBytesOfHeader(name, one);
    else bytes += mostBytesOfHeader(name, header as RecordBytes);
  }
  return bytes;
}

function mostBytesOfHeader(name: string, value: RecordBytes): number {
  return 3 * name.length + mostBytesOf(value) + 2 * MOST_VARINT_BYTES;
}

function mostBytesOf(value: RecordBytes): number {
  if (value === null || value === undefined) return 0;
  return Buffer.isBuffer(value) ? value.length : 3 * String(value).length;
}
