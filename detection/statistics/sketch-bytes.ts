import { emptySketchState, type SketchState } from './sketch-state.js';

/**
 * Layout, version 1, little-endian: u8 version | u16 compression | u16 centroids | u16 buffered | f64 min | f64 max |
 * f64 mean per centroid | f64 per buffered value | weight per centroid as LEB128 (a weight is a count, mostly one or
 * two bytes). The buffer is part of it: a reader that folded it early would not continue bit for bit.
 */
const VERSION = 1;
const HEADER_BYTES = 23;

/** Returns the versioned bytes of a state, 23 + 9..17 per centroid + 8 per buffered value. Cost O(centroids). */
export function encodeSketchState(state: SketchState): Uint8Array {
  const { cells, room, centroids, buffered } = state;
  let size = HEADER_BYTES + 8 * (centroids + buffered);
  for (let i = 0; i < centroids; i++) size += varintLength(cells[room + i] as number);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint16(1, state.compression, true);
  view.setUint16(3, centroids, true);
  view.setUint16(5, buffered, true);
  view.setFloat64(7, state.min, true);
  view.setFloat64(15, state.max, true);
  let at = HEADER_BYTES;
  for (let i = 0; i < centroids; i++, at += 8) view.setFloat64(at, cells[i] as number, true);
  for (let i = 0; i < buffered; i++, at += 8) view.setFloat64(at, cells[2 * room + i] as number, true);
  for (let i = 0; i < centroids; i++) {
    let weight = cells[room + i] as number;
    while (weight >= 128) {
      bytes[at++] = (weight % 128) + 128;
      weight = Math.floor(weight / 128);
    }
    bytes[at++] = weight;
  }
  return bytes;
}

/**
 * Returns the state that {@link encodeSketchState} wrote.
 * @throws RangeError when the version is unknown, or the bytes are cut, too long or contradict themselves
 */
export function decodeSketchState(bytes: Uint8Array): SketchState {
  const fail = (why: string): never => {
    throw new RangeError(`reading quantile sketch: ${why}`);
  };
  if (bytes.length < HEADER_BYTES) fail(`${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) fail(`version ${view.getUint8(0)} is unknown, expected ${VERSION}`);
  const state = emptySketchState(view.getUint16(1, true));
  const { cells, room } = state;
  state.centroids = view.getUint16(3, true);
  state.buffered = view.getUint16(5, true);
  state.min = view.getFloat64(7, true);
  state.max = view.getFloat64(15, true);
  if (state.centroids > state.compression + 2 || state.buffered >= state.bufferSize)
    fail('more items than its compression allows');
  let at = HEADER_BYTES;
  if (bytes.length < at + 8 * (state.centroids + state.buffered) + state.centroids) fail('cut short');
  for (let i = 0; i < state.centroids; i++, at += 8) cells[i] = view.getFloat64(at, true);
  for (let i = 0; i < state.buffered; i++, at += 8) cells[2 * room + i] = view.getFloat64(at, true);
  for (let i = 0; i < state.centroids; i++) {
    let weight = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 49) return fail('weight cut short');
      weight += (byte % 128) * scale;
      if (byte < 128) break;
    }
    if (weight < 1 || !Number.isSafeInteger(weight)) fail(`weight ${weight} is no count`);
    cells[room + i] = weight;
    state.folded += weight;
  }
  if (at !== bytes.length) fail(`${bytes.length - at} bytes too many`);
  if (state.centroids + state.buffered > 0 && !(Number.isFinite(state.min) && Number.isFinite(state.max)))
    fail('its smallest or largest value is not finite');
  if (!isAscending(state, 0, state.centroids) || !isAscending(state, 2 * room, state.buffered))
    fail('values out of order');
  return state;
}

function isAscending(state: SketchState, from: number, count: number): boolean {
  let previous = state.min;
  for (let i = from; i < from + count; i++) {
    const value = state.cells[i] as number;
    if (!(value >= previous && value <= state.max) || !Number.isFinite(value)) return false;
    previous = value;
  }
  return true;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}
