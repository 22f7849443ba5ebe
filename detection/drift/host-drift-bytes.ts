import { ByteReader, ByteWriter } from './byte-stream.js';
import type { HostProgress } from './host-drift.js';
import type { DriftReference } from './reference.js';
import { readSample, writeSample } from './sample-bytes.js';
import type { SeriesDrift } from './series-drift.js';

const VERSION = 1;
/** openBlock and reportBlock are written plus one, and null as 0. */
const NONE = 0;

/**
 * Returns the versioned bytes of a host's drift state: progress, then per tested metric the fingerprint of its
 * reference, run, window and adopted regimes. The references are not in it: they belong to the model.
 */
export function encodeHostDrift(series: readonly (SeriesDrift | null)[], progress: HostProgress): Uint8Array {
  const out = new ByteWriter();
  out.count(VERSION);
  out.count(progress.openBlock === null ? NONE : progress.openBlock + 1);
  out.count(progress.reportBlock === null ? NONE : progress.reportBlock + 1);
  out.count(progress.lateRows);
  // JSON writes the shortest text that reads back as the same double, and keeps absent ones out (all are finite here).
  out.text(JSON.stringify(progress.recent));
  out.count(series.length);
  for (const one of series) {
    out.count(one === null ? 0 : 1);
    if (one !== null) writeSeries(out, one);
  }
  return out.finish();
}

/**
 * Reads the bytes into freshly made `series` and returns the progress.
 * @throws RangeError when the version is unknown, the bytes are damaged, or they belong to other references or settings
 */
export function decodeHostDrift(bytes: Uint8Array, series: readonly (SeriesDrift | null)[]): HostProgress {
  const input = new ByteReader(bytes);
  const version = input.count();
  if (version !== VERSION)
    throw new RangeError(`reading drift state: version ${version} is unknown, expected ${VERSION}`);
  const openBlock = input.count();
  const reportBlock = input.count();
  const lateRows = input.count();
  const recent = parseRecent(input.text());
  expectEqual(input.count(), series.length, 'number of metrics');
  for (const one of series) {
    expectEqual(input.count(), one === null ? 0 : 1, 'tested metrics');
    if (one !== null) readSeries(input, one);
  }
  expectEqual(input.left, 0, 'length');
  return {
    openBlock: openBlock === NONE ? null : openBlock - 1,
    reportBlock: reportBlock === NONE ? null : reportBlock - 1,
    lateRows,
    recent,
  };
}

function parseRecent(text: string): HostProgress['recent'] {
  try {
    return JSON.parse(text) as HostProgress['recent'];
  } catch (cause) {
    throw new RangeError('reading drift state: the confirmations are damaged', { cause });
  }
}

function writeSeries(out: ByteWriter, series: SeriesDrift): void {
  out.count(fingerprint(series.reference));
  out.count(series.run);
  out.count(series.confirmed ? 1 : 0);
  out.count(series.window.ring.length);
  out.count(series.window.newest);
  for (const block of series.window.ring) writeSample(out, block);
  writeSample(out, series.window.open);
  out.count(series.regimes.length - 1);
  for (const regime of series.regimes.slice(1)) {
    out.count(regime.adoptedBlock);
    writeSample(out, regime.sample);
  }
}

function readSeries(input: ByteReader, series: SeriesDrift): void {
  const bins = series.reference.counts.length;
  expectEqual(input.count(), fingerprint(series.reference), 'reference');
  series.run = input.count();
  series.confirmed = input.count() === 1;
  expectEqual(input.count(), series.window.ring.length, 'blocks of a window');
  series.window.newest = input.count() % series.window.ring.length;
  for (const block of series.window.ring) Object.assign(block, readSample(input, bins));
  Object.assign(series.window.open, readSample(input, bins));
  const adopted = input.count();
  for (let i = 0; i < adopted; i++) {
    const adoptedBlock = input.count();
    series.regimes.push({ adoptedBlock, sample: readSample(input, bins) });
  }
}

/** FNV-1a over the bytes of edges, counts, center and limit: bins of another reference must not be read as ours. */
function fingerprint(reference: DriftReference): number {
  const numbers = Float64Array.from([
    ...reference.edges,
    ...reference.counts,
    reference.center,
    reference.limit,
  ]);
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(numbers.buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function expectEqual(actual: number, expected: number, what: string): void {
  if (actual !== expected)
    throw new RangeError(`reading drift state: ${what} is ${actual}, expected ${expected}`);
}
