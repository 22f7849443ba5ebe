import { ByteReader, ByteWriter } from './byte-stream.js';
import type { DriftReference } from './reference.js';
import { readSample, writeSample } from './sample-bytes.js';

const VERSION = 1;
const MAX_NUMBERS = 1_000_000;

/** Returns the versioned bytes of a reference, for the model that it was trained with: about 0.5 KB and 8 bytes per own window. */
export function encodeDriftReference(reference: DriftReference): Uint8Array {
  const out = new ByteWriter();
  out.count(VERSION);
  out.double(reference.blockMs);
  out.count(reference.windowBlocks);
  out.count(reference.windows);
  for (const number of [reference.limit, reference.center, reference.autocorrelationRows]) out.double(number);
  writeDoubles(out, reference.edges);
  writeDoubles(out, reference.ownWindows);
  writeSample(out, reference.sample);
  return out.finish();
}

/**
 * Returns the reference that {@link encodeDriftReference} wrote, equal in every bit.
 * @throws RangeError when the version is unknown or the bytes are damaged
 */
export function decodeDriftReference(bytes: Uint8Array): DriftReference {
  const input = new ByteReader(bytes);
  const version = input.count();
  if (version !== VERSION)
    throw new RangeError(`reading drift reference: version ${version} is unknown, expected ${VERSION}`);
  const blockMs = input.double();
  const windowBlocks = input.count();
  const windows = input.count();
  const [limit, center, autocorrelationRows] = [input.double(), input.double(), input.double()];
  const edges = readDoubles(input);
  const ownWindows = readDoubles(input);
  const sample = readSample(input, edges.length + 1);
  if (input.left !== 0) throw new RangeError(`reading drift reference: ${input.left} bytes too many`);
  return {
    kind: 'reference',
    edges,
    counts: sample.counts,
    rows: sample.rows,
    limit,
    ownWindows,
    windows,
    blockMs,
    windowBlocks,
    sample,
    center,
    autocorrelationRows,
  };
}

function writeDoubles(out: ByteWriter, numbers: Float64Array): void {
  out.count(numbers.length);
  for (const number of numbers) out.double(number);
}

function readDoubles(input: ByteReader): Float64Array {
  const length = input.count();
  // Before the allocation: a damaged length must not ask for gigabytes.
  if (length > MAX_NUMBERS || length * 8 > input.left)
    throw new RangeError('reading drift reference: the bytes are cut short');
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) numbers[i] = input.double();
  return numbers;
}
