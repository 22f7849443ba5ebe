import { replaceKafkajsModule } from './kafkajs-module.js';

/** The parts of kafkajs's decoder that a record is read with. */
export interface RecordBytesReader {
  readonly buffer: Buffer;
  offset: number;
  readInt8(): number;
  readVarInt(): number;
  readVarIntString(): string | null;
  readVarIntBytes(): Buffer | null;
}

/** What is common to the records of a batch; 64-bit numbers as texts. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
  readonly timestampType: number;
  readonly maxTimestamp: string;
}

type HeaderValue = Buffer | null;

/** A record as kafkajs hands it out. */
export interface DecodedRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue | HeaderValue[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

const LOG_APPEND_TIME = 1;
const MORE = 0x80;

/**
 * Reads one record of message format 2 from behind its length.
 *
 * kafkajs 2.2.4 (protocol/recordBatch/record/v0/decoder) adds up offset and timestamp in BigInt, bit group by bit group, and copies
 * the object of headers for every header; a header named like something that every object has (`constructor`) it hands out
 * as a list that begins with a function. Offsets and times are safe integers here as everywhere in Tidewatch.
 */
export function decodeRecord(reader: RecordBytesReader, batchContext: BatchContext): DecodedRecord {
  const { firstOffset, firstTimestamp, magicByte, isControlBatch, timestampType, maxTimestamp } =
    batchContext;
  const attributes = reader.readInt8();
  const timestampDelta = readSafeNumber(reader);
  const isAppendTime = timestampType === LOG_APPEND_TIME && Boolean(maxTimestamp);
  const timestamp = isAppendTime ? maxTimestamp : String(Number(firstTimestamp) + timestampDelta);
  const offset = String(Number(firstOffset) + reader.readVarInt());
  const key = reader.readVarIntBytes();
  const value = reader.readVarIntBytes();
  return {
    magicByte,
    attributes,
    timestamp,
    offset,
    key,
    value,
    headers: readHeaders(reader),
    isControlRecord: isControlBatch ?? false,
    batchContext,
  };
}

/** A zigzag number of up to 64 bits; beyond 2^53 it is rounded. */
function readSafeNumber(reader: RecordBytesReader): number {
  let raw = 0;
  let scale = 1;
  for (;;) {
    const byte = reader.buffer[reader.offset] ?? 0;
    reader.offset += 1;
    raw += (byte & ~MORE) * scale;
    scale *= 128;
    if (byte < MORE || scale > 2 ** 70) break;
  }
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
}

/** A header that is there several times gives the list of its values, as kafkajs has it. */
function readHeaders(reader: RecordBytesReader): Record<string, HeaderValue | HeaderValue[]> {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {};
  for (let left = reader.readVarInt(); left > 0; left -= 1) {
    const name = String(reader.readVarIntString());
    const value = reader.readVarIntBytes();
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (Array.isArray(known)) known.push(value);
    else if (known !== undefined) headers[name] = [known, value];
    else if (name === '__proto__')
      Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
    else headers[name] = value;
  }
  return headers;
}

/** Puts {@link decodeRecord} in the place of kafkajs's own. */
export function patchRecordDecoding(): void {
  replaceKafkajsModule('protocol/recordBatch/record/v0/decoder', decodeRecord);
}
