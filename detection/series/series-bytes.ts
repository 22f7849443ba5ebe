import { QuantileSketch } from '../statistics/quantile-sketch.js';
import type { PublishedBaseline } from './baseline.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { emptySeries, RING_POINTS, type SeriesState } from './series-state.js';
import { TAIL_LEVELS } from './tail-table.js';

/**
 * Layout, version 1, little-endian: u8 version | u8 filled | f64 ring, oldest first | f64 points, mean, variance, scale, from, to,
 * lastEvent | f64 x 24 hour sums | u32 x 24 hour counts | u8 has baseline, then u32 version, f64 publishedAt, sampleCount, mean,
 * standardDeviation, p99, lowerExcess, upperExcess, f64 x 97 quantiles | u32 length and bytes of the sketch.
 */
const VERSION = 1;
const HOURS = 24;

/** Returns the versioned bytes of a series' complete state: about 2.6 KB when the ring is full and a baseline is there. */
export function encodeSeries(series: SeriesState): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(VERSION);
  writer.u8(series.filled);
  // Oldest first, so that equal histories give equal bytes wherever the ring begins.
  const start = series.head - series.filled + RING_POINTS;
  for (let i = 0; i < series.filled; i++) writer.f64(series.ring[(start + i) % RING_POINTS] as number);
  const { points, mean, variance } = series.moments;
  writer.f64s([points, mean, variance, series.scale, series.from, series.to, series.lastEvent]);
  writer.f64s(series.hours.subarray(0, HOURS));
  for (const count of series.hours.subarray(HOURS)) writer.u32(count);
  writeBaseline(writer, series.baseline);
  writer.block(series.sketch.toBytes());
  return writer.written();
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
  reader.f64s(series.ring, filled);
  series.filled = filled;
  series.head = filled % RING_POINTS;
  series.moments.points = reader.f64();
  series.moments.mean = reader.f64();
  series.moments.variance = reader.f64();
  series.scale = reader.f64();
  series.from = reader.f64();
  series.to = reader.f64();
  series.lastEvent = reader.f64();
  if (!(Number.isFinite(series.moments.mean) && series.moments.variance >= 0 && series.scale > 0))
    throw new RangeError('reading series: moments are no moments');
  reader.f64s(series.hours, HOURS);
  for (let hour = 0; hour < HOURS; hour++) series.hours[HOURS + hour] = reader.u32();
  const baseline = readBaseline(reader);
  const sketch = QuantileSketch.fromBytes(reader.block());
  if (reader.left > 0) throw new RangeError(`reading series: ${reader.left} bytes too many`);
  return { ...series, sketch, baseline };
}

function writeBaseline(writer: ByteWriter, baseline: PublishedBaseline | null): void {
  writer.u8(baseline === null ? 0 : 1);
  if (baseline === null) return;
  writer.u32(baseline.version);
  const { publishedAt, sampleCount, mean, standardDeviation, p99, tail } = baseline;
  writer.f64s([publishedAt, sampleCount, mean, standardDeviation, p99, tail.lowerExcess, tail.upperExcess]);
  writer.f64s(tail.quantiles);
}

function readBaseline(reader: ByteReader): PublishedBaseline | null {
  if (reader.u8() === 0) return null;
  const version = reader.u32();
  const publishedAt = reader.f64();
  const sampleCount = reader.f64();
  const mean = reader.f64();
  const standardDeviation = reader.f64();
  const p99 = reader.f64();
  const lowerExcess = reader.f64();
  const upperExcess = reader.f64();
  const quantiles = new Float64Array(TAIL_LEVELS);
  reader.f64s(quantiles, TAIL_LEVELS);
  return {
    version,
    publishedAt,
    sampleCount,
    mean,
    standardDeviation,
    p99,
    tail: { quantiles, lowerExcess, upperExcess },
  };
}
