import { QuantileSketch } from '../statistics/quantile-sketch.js';
import type { PublishedBaseline } from './baseline.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { FEATURE_COUNT } from './evidence-features.js';
import {
  CALM_EVIDENCE,
  emptySeries,
  HOURS_AT,
  MOST_USUAL_EVIDENCE,
  momentsOf,
  RING_AT,
  RING_POINTS,
  SCALE_CELL,
  type SeriesState,
  SMOOTHED_CELL,
  STRETCH_POINTS,
  UNTAUGHT_CELL,
  USUAL_EVIDENCE_CELL,
} from './series-state.js';
import { TAIL_CELLS } from './tail-tables.js';

/**
 * Layout, version 4, little-endian: u8 version | u8 filled | f64 ring, oldest first | f64 x 24 hour sums, x 24 hour counts | per aspect f64
 * points, mean, variance | per aspect f64 allowance | f64 smoothed, scale, from, to, lastEvent, usual evidence, untaught | u8 has baseline, then u32 version, f64
 * publishedAt, sampleCount, mean, standardDeviation, p99, f64 x 144 tail cells | per aspect u32 length and bytes of the sketch.
 */
const VERSION = 4;

/** Bytes of a series with a full ring and a baseline, and some to spare. */
export const SERIES_BYTES = 4_096;

/** Returns the versioned bytes of a series' complete state: about 3.6 KB when the ring is full and a baseline is there. */
export function encodeSeries(series: SeriesState): Uint8Array {
  const writer = new ByteWriter(SERIES_BYTES);
  writeSeries(writer, series);
  return writer.written();
}

/** Writes the same bytes behind what the writer holds. */
export function writeSeries(writer: ByteWriter, series: SeriesState): void {
  writer.u8(VERSION);
  writer.u8(series.filled);
  // Oldest first, so that equal histories give equal bytes wherever the ring begins.
  const { cells, filled } = series;
  const start = series.head - filled + RING_POINTS;
  for (let i = 0; i < filled; i++) writer.f64(cells[RING_AT + ((start + i) % RING_POINTS)] as number);
  writer.f64s(cells.subarray(HOURS_AT));
  writeBaseline(writer, series.baseline);
  for (const sketch of series.sketches) writer.block(sketch.toBytes());
}

/**
 * Returns the series that {@link encodeSeries} wrote; it continues bit for bit.
 * @throws RangeError when the version is unknown, or the bytes are cut, too long or contradict themselves
 */
export function decodeSeries(bytes: Uint8Array): SeriesState {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== VERSION) throw new RangeError(`reading series: version ${version} is unknown`);
  const filled = reader.u8();
  if (filled > RING_POINTS)
    throw new RangeError(`reading series: ${filled} points in a ring of ${RING_POINTS}`);
  const series = emptySeries();
  const { cells } = series;
  reader.f64s(cells.subarray(RING_AT), filled);
  series.filled = filled;
  series.head = filled % RING_POINTS;
  reader.f64s(cells.subarray(HOURS_AT), cells.length - HOURS_AT);
  requireUsable(series);
  const baseline = readBaseline(reader);
  const sketches = series.sketches.map(() => QuantileSketch.fromBytes(reader.block()));
  if (reader.left > 0) throw new RangeError(`reading series: ${reader.left} bytes too many`);
  return { ...series, sketches, baseline };
}

function requireUsable(series: SeriesState): void {
  const { cells } = series;
  if (!((cells[SCALE_CELL] as number) > 0 && (cells[SMOOTHED_CELL] as number) >= 0))
    throw new RangeError('reading series: its scale is no scale');
  if (
    !(
      isWithin(cells, USUAL_EVIDENCE_CELL, [CALM_EVIDENCE, MOST_USUAL_EVIDENCE]) &&
      isWithin(cells, UNTAUGHT_CELL, [0, STRETCH_POINTS])
    )
  )
    throw new RangeError('reading series: its usual evidence is out of range');
  for (let k = 0; k < FEATURE_COUNT; k++) {
    const { mean, variance } = momentsOf(series, k);
    if (!(Number.isFinite(mean) && variance >= 0))
      throw new RangeError('reading series: moments are no moments');
  }
}

function isWithin(cells: Float64Array, at: number, [least, most]: readonly [number, number]): boolean {
  const x = cells[at] as number;
  return x >= least && x <= most;
}

function writeBaseline(writer: ByteWriter, baseline: PublishedBaseline | null): void {
  writer.u8(baseline === null ? 0 : 1);
  if (baseline === null) return;
  writer.u32(baseline.version);
  const { publishedAt, sampleCount, mean, standardDeviation, p99, tails } = baseline;
  writer.f64s([publishedAt, sampleCount, mean, standardDeviation, p99]);
  writer.f64s(tails);
}

function readBaseline(reader: ByteReader): PublishedBaseline | null {
  if (reader.u8() === 0) return null;
  const version = reader.u32();
  const publishedAt = reader.f64();
  const sampleCount = reader.f64();
  const mean = reader.f64();
  const standardDeviation = reader.f64();
  const p99 = reader.f64();
  const tails = new Float64Array(TAIL_CELLS);
  reader.f64s(tails, TAIL_CELLS);
  return { version, publishedAt, sampleCount, mean, standardDeviation, p99, tails };
}
