import { NOVELTY_BYTES, readNovelty, writeNovelty } from '../novelty/novelty-bytes.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { emptyHost, type HostState } from './host-state.js';
import { REMEMBERED_IDS } from './recent-ids.js';
import { decodeSeries, SERIES_BYTES, writeSeries } from './series-bytes.js';
import { fnv1aBytes } from './text-hash.js';

/**
 * Layout, version 4 (1 and 2 had no novelty, 1 to 3 held series of other layouts), little-endian: u8 version | f64 newestTimestamp, events, lateEvents | u8 next id, f64 x 64 ids | u32 series, each
 * u32 length and UTF-8 name, u32 length and bytes of the series | u8 has novelty, then its bytes | u32 FNV-1a of everything before it.
 */
const VERSION = 4;
const CHECKSUM_BYTES = 4;
/** Everything but the series, and some to spare. */
const HEADER_BYTES = 1_024;

/** A host's state read back, or why the bytes cannot be used. */
export type DecodedHost =
  | { readonly ok: true; readonly host: HostState }
  | { readonly ok: false; readonly code: 'STATE_VERSION_UNKNOWN' | 'STATE_CORRUPT'; readonly reason: string };

/** Returns the versioned bytes of a host's complete state: 546 bytes and about 3.6 KB a series, and up to 7 KB for the novelty of the first. O(bytes). */
export function encodeHost(host: HostState): Uint8Array {
  const room = HEADER_BYTES + host.series.size * SERIES_BYTES + (host.novelty === null ? 0 : NOVELTY_BYTES);
  const writer = new ByteWriter(room);
  const text = new TextEncoder();
  writer.u8(VERSION);
  writer.f64s([host.newestTimestamp, host.events, host.lateEvents]);
  writer.u8(host.recent.next);
  writer.f64s(host.recent.hashes);
  writer.u32(host.series.size);
  for (const [metric, series] of host.series) {
    writer.block(text.encode(metric));
    const begun = writer.beginBlock();
    writeSeries(writer, series);
    writer.endBlock(begun);
  }
  writer.u8(host.novelty === null ? 0 : 1);
  if (host.novelty !== null) writeNovelty(writer, host.novelty);
  const body = writer.written();
  writer.u32(fnv1aBytes(body, body.length));
  return writer.written();
}

/** Returns the host that {@link encodeHost} wrote, which continues bit for bit, or the reason for refusing the bytes. Never throws. */
export function decodeHost(bytes: Uint8Array): DecodedHost {
  const version = bytes[0];
  if (version === undefined) return { ok: false, code: 'STATE_CORRUPT', reason: 'no bytes' };
  if (version !== VERSION)
    return { ok: false, code: 'STATE_VERSION_UNKNOWN', reason: `version ${version}, expected ${VERSION}` };
  try {
    return { ok: true, host: readHost(bytes) };
  } catch (error) {
    // The readers throw RangeError (ours, DataView's) on bytes that contradict themselves: that is bad data, not a bug.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, code: 'STATE_CORRUPT', reason: error.message };
  }
}

function readHost(bytes: Uint8Array): HostState {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 0 || new ByteReader(bytes.subarray(end)).u32() !== fnv1aBytes(bytes, end))
    throw new RangeError('reading host: checksum does not match');
  const reader = new ByteReader(bytes.subarray(0, end));
  const text = new TextDecoder();
  reader.u8();
  const host = emptyHost();
  host.newestTimestamp = reader.f64();
  host.events = reader.f64();
  host.lateEvents = reader.f64();
  host.recent.next = reader.u8() % REMEMBERED_IDS;
  reader.f64s(host.recent.hashes, REMEMBERED_IDS);
  for (let left = reader.u32(); left > 0; left--) {
    const metric = text.decode(reader.block());
    host.series.set(metric, decodeSeries(reader.block()));
  }
  if (reader.u8() === 1) host.novelty = readNovelty(reader);
  if (reader.left > 0) throw new RangeError(`reading host: ${reader.left} bytes too many`);
  return host;
}
