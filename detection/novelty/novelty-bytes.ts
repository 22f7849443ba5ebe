import type { ByteReader, ByteWriter } from '../series/bytes.js';
import { QuantileSketch } from '../statistics/quantile-sketch.js';
import { type NoveltyState, requireTail } from './novelty.js';
import { SeenPairs } from './seen-pairs.js';

/** Bytes of a state with all pairs, and some to spare. */
export const NOVELTY_BYTES = 8_192;

/** Writes the whole state: u16 numbers of the pairs | f64 those | f64 before, edge, excess, beyond, dueAt | u32 length and bytes of the sketch. Their version is the host's. */
export function writeNovelty(writer: ByteWriter, state: NoveltyState): void {
  const entries = state.pairs.entries();
  writer.u16(entries.length);
  writer.f64s(entries);
  writer.f64s([state.before, state.edge, state.excess, state.beyond, state.dueAt]);
  writer.block(state.distances.toBytes());
}

/** Returns the state that {@link writeNovelty} wrote; it continues bit for bit. @throws RangeError when the bytes are cut or contradict themselves */
export function readNovelty(reader: ByteReader): NoveltyState {
  const count = reader.u16();
  if (8 * count > reader.left)
    throw new RangeError(`reading novelty: ${count} numbers in ${reader.left} bytes`);
  const entries = new Float64Array(count);
  reader.f64s(entries, count);
  const pairs = SeenPairs.from(entries);
  const before = reader.f64();
  const edge = reader.f64();
  const excess = reader.f64();
  const beyond = reader.f64();
  const dueAt = reader.f64();
  const distances = QuantileSketch.fromBytes(reader.block());
  return requireTail({ pairs, distances, before, edge, excess, beyond, dueAt });
}
