import { ByteReader, ByteWriter } from '../series/bytes.js';
import { QuantileSketch } from '../statistics/quantile-sketch.js';
import { type NoveltyState, requireTail } from './novelty.js';
import { SeenPairs } from './seen-pairs.js';

/** Returns the bytes of the whole state: u16 numbers of the pairs | f64 those | f64 before, edge, excess, beyond, dueAt | the sketch. At most 7 KB. Their version is the host's. */
export function encodeNovelty(state: NoveltyState): Uint8Array {
  const writer = new ByteWriter();
  const entries = state.pairs.entries();
  writer.u16(entries.length);
  writer.f64s(entries);
  writer.f64s([state.before, state.edge, state.excess, state.beyond, state.dueAt]);
  writer.block(state.distances.toBytes());
  return writer.written();
}

/** Returns the state that {@link encodeNovelty} wrote; it continues bit for bit. @throws RangeError when the bytes are cut, too long or contradict themselves */
export function decodeNovelty(bytes: Uint8Array): NoveltyState {
  const reader = new ByteReader(bytes);
  const count = reader.u16();
  if (8 * count > reader.left)
    throw new RangeError(`reading novelty: ${count} numbers in ${bytes.length} bytes`);
  const entries = new Float64Array(count);
  reader.f64s(entries, count);
  const pairs = SeenPairs.from(entries);
  const before = reader.f64();
  const edge = reader.f64();
  const excess = reader.f64();
  const beyond = reader.f64();
  const dueAt = reader.f64();
  const distances = QuantileSketch.fromBytes(reader.block());
  if (reader.left > 0) throw new RangeError(`reading novelty: ${reader.left} bytes too many`);
  return requireTail({ pairs, distances, before, edge, excess, beyond, dueAt });
}
