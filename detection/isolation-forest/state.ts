import { type CompiledForest, LEAF } from './forest.js';
import { ForestBuilder } from './forest-builder.js';
import { finish, type Steps } from './steps.js';

/** A decoded forest, or why the bytes are none. */
export type DecodedForest =
  | { readonly ok: true; readonly forest: CompiledForest }
  | { readonly ok: false; readonly reason: string };

const MAGIC = 0x54574946; // "TWIF"
const VERSION = 1;
const HEADER_BYTES = 24;
const CHECKSUM_BYTES = 4;
const CHECKSUM_START = 0x811c9dc5;
const LEAF_MARK = 0xffff;
const INNER_BYTES = 10;
const LEAF_BYTES = 6;
const STEP_BYTES = 16_384;

/**
 * Returns the forest as bytes, about 8 a node, little-endian: magic "TWIF" (big-endian), version (u16), flags (u16, bit 0 = casts
 * to float32), featureCount, treeCount, subsampleSize, node bytes (u32 each), the nodes in preorder - a split as
 * feature (u16) and threshold (f64), a leaf as 0xffff and its row count (u32) - and a 32-bit FNV-1a checksum.
 * Child links are not stored: the order implies them. Throws a RangeError above 65,535 features.
 */
export function encodeForest(forest: CompiledForest): Uint8Array {
  if (forest.featureCount > LEAF_MARK)
    throw new RangeError(`encoding forest: ${forest.featureCount} features`);
  const nodeBytes = forest.feature.reduce((sum, f) => sum + (f === LEAF ? LEAF_BYTES : INNER_BYTES), 0);
  const bytes = new Uint8Array(HEADER_BYTES + nodeBytes + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, forest.castsToFloat32 ? 1 : 0, true);
  view.setUint32(8, forest.featureCount, true);
  view.setUint32(12, forest.treeCount, true);
  view.setUint32(16, forest.subsampleSize, true);
  view.setUint32(20, nodeBytes, true);
  let at = HEADER_BYTES;
  for (let node = 0; node < forest.feature.length; node += 1) at = writeNode(view, at, { forest, node });
  view.setUint32(at, checksum(bytes, { from: 0, to: at }, CHECKSUM_START) >>> 0, true);
  return bytes;
}

function writeNode(
  view: DataView,
  at: number,
  { forest, node }: { forest: CompiledForest; node: number },
): number {
  const feature = forest.feature[node] as number;
  if (feature === LEAF) {
    view.setUint16(at, LEAF_MARK, true);
    view.setUint32(at + 2, forest.sampleCount[node] as number, true);
    return at + LEAF_BYTES;
  }
  view.setUint16(at, feature, true);
  view.setFloat64(at + 2, forest.threshold[node] as number, true);
  return at + INNER_BYTES;
}

/**
 * Returns the forest that `encodeForest` wrote: the same scores bit for bit. Bytes that are cut, altered, of another
 * version or no forest give `ok: false` with the reason; it never reads outside the bytes and never throws for them.
 */
export function decodeForest(bytes: Uint8Array): DecodedForest {
  return finish(decodeForestSteps(bytes));
}

/** Like `decodeForest`; a step reads 16 KiB or a tree. */
export function* decodeForestSteps(bytes: Uint8Array): Steps<DecodedForest> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reason = refuseFrame(bytes, view) ?? (yield* refuseChecksum(bytes, view));
  if (reason !== undefined) return { ok: false, reason };
  try {
    return { ok: true, forest: yield* readTrees(view) };
  } catch (error) {
    // A right checksum over a wrong forest: written by something else than encodeForest.
    if (error instanceof RangeError) return { ok: false, reason: error.message };
    throw error;
  }
}

function refuseFrame(bytes: Uint8Array, view: DataView): string | undefined {
  if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES)
    return `decoding forest: ${bytes.length} bytes are too few`;
  if (view.getUint32(0) !== MAGIC) return 'decoding forest: not a forest (magic differs)';
  const version = view.getUint16(4, true);
  if (version !== VERSION) return `decoding forest: version ${version} is unknown, this reads ${VERSION}`;
  const expected = HEADER_BYTES + view.getUint32(20, true) + CHECKSUM_BYTES;
  if (bytes.length !== expected) return `decoding forest: ${bytes.length} bytes instead of ${expected}`;
  return undefined;
}

function* refuseChecksum(bytes: Uint8Array, view: DataView): Steps<string | undefined> {
  const end = bytes.length - CHECKSUM_BYTES;
  let hash = CHECKSUM_START;
  for (let from = 0; from < end; from += STEP_BYTES) {
    hash = checksum(bytes, { from, to: Math.min(from + STEP_BYTES, end) }, hash);
    yield;
  }
  return hash >>> 0 === view.getUint32(end, true) ? undefined : 'decoding forest: checksum differs';
}

function* readTrees(view: DataView): Steps<CompiledForest> {
  const builder = new ForestBuilder({
    castsToFloat32: (view.getUint16(6, true) & 1) === 1,
    featureCount: view.getUint32(8, true),
    subsampleSize: view.getUint32(16, true),
  });
  const treeCount = view.getUint32(12, true);
  const end = view.byteLength - CHECKSUM_BYTES;
  let at = HEADER_BYTES;
  for (let tree = 0; tree < treeCount; tree += 1) {
    at = readTree(builder, view, at);
    yield;
  }
  if (at !== end) throw new RangeError(`decoding forest: ${end - at} bytes after the last tree`);
  return yield* builder.buildSteps();
}

function readTree(builder: ForestBuilder, view: DataView, start: number): number {
  let at = start;
  for (let open = 1; open > 0; ) {
    if (at + INNER_BYTES > view.byteLength)
      throw new RangeError('decoding forest: the bytes end inside a tree');
    const feature = view.getUint16(at, true);
    if (feature === LEAF_MARK) {
      builder.leaf(view.getUint32(at + 2, true));
      at += LEAF_BYTES;
      open -= 1;
    } else {
      builder.split(feature, view.getFloat64(at + 2, true));
      at += INNER_BYTES;
      open += 1;
    }
  }
  builder.endTree();
  return at;
}

/** 32-bit FNV-1a, continued: any single altered byte changes it. */
function checksum(bytes: Uint8Array, { from, to }: { from: number; to: number }, start: number): number {
  let hash = start;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash;
}
