import { type BinnedSample, emptySample } from './binned-sample.js';
import type { ByteReader, ByteWriter } from './byte-stream.js';

const EXACT = ['sum', 'squares', 'min', 'max', 'bottomHigh', 'topLow'] as const;

/** Writes a sample: its rows, and unless there are none its counts and exact numbers. */
export function writeSample(out: ByteWriter, sample: BinnedSample): void {
  out.count(sample.rows);
  if (sample.rows === 0) return;
  for (const count of sample.counts) out.count(count);
  for (const name of EXACT) out.double(sample[name]);
}

/** Reads what {@link writeSample} wrote, for the same number of bins. */
export function readSample(input: ByteReader, bins: number): BinnedSample {
  const sample = emptySample(bins);
  sample.rows = input.count();
  if (sample.rows === 0) return sample;
  for (let i = 0; i < bins; i++) sample.counts[i] = input.count();
  for (const name of EXACT) sample[name] = input.double();
  return sample;
}
