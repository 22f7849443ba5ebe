/** Evidence is counted up to here: beyond 30 deviations, or odds of 1 to 10^13, more says nothing more. */
export const STRONGEST_EVIDENCE = 30;

/** How many metrics speak for an event: the mean of the three strongest ranks better than the maximum and than the mean of all. */
export const SPEAKING_METRICS = 3;

/** Returns whether a metric has evidence at all: not while it is cold (below 0), nor for NaN. */
export function isEvidence(value: number): boolean {
  return value >= 0;
}

/** Returns whether any metric has evidence. A loop, because `some` hands every double to its callback as an object. */
export function hasEvidence(values: readonly number[]): boolean {
  for (let i = 0; i < values.length; i += 1) if (isEvidence(values[i] as number)) return true;
  return false;
}

/** Returns the evidence up to `STRONGEST_EVIDENCE`; 0 where there is none. */
export function boundedEvidence(value: number): number {
  return isEvidence(value) ? Math.min(STRONGEST_EVIDENCE, value) : 0;
}

/**
 * Returns the evidence of one metric for an explanation: its bounded evidence, growing with the logarithm of what its reading is
 * beyond 30. The score needs no more than the bound, but among several metrics that are all at it the one that moved most must come first. A
 * NaN reading changes nothing.
 * @example rankedEvidence(10, -300) // 10 (1 + ln 10) = 33
 */
export function rankedEvidence(evidence: number, reading: number): number {
  const bounded = boundedEvidence(evidence);
  const size = Math.min(Math.abs(reading), Number.MAX_VALUE);
  return size > STRONGEST_EVIDENCE ? bounded * (1 + Math.log(size / STRONGEST_EVIDENCE)) : bounded;
}

/**
 * Returns the mean of the (up to) three largest evidences, each at most 30; 0 without any. Metrics without evidence are left out: a new one does
 * not make its host look quiet. One pass, no allocation.
 * @example strongestMean([1, 5, 2, 3]) // (5 + 3 + 2) / 3 = 3.33
 */
export function strongestMean(values: readonly number[]): number {
  const room = new Float64Array(1);
  writeStrongestMean(values, room);
  return room[0] as number;
}

/** Writes {@link strongestMean} to the beginning of the room: a double that is returned lies on the heap wherever V8 does not inline the call. */
export function writeStrongestMean(values: readonly number[], room: Float64Array): void {
  let first = 0;
  let second = 0;
  let third = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!isEvidence(value)) continue;
    count += 1;
    const size = Math.min(STRONGEST_EVIDENCE, value);
    if (size > first) {
      third = second;
      second = first;
      first = size;
    } else if (size > second) {
      third = second;
      second = size;
    } else if (size > third) {
      third = size;
    }
  }
  room[0] = count === 0 ? 0 : (first + second + third) / Math.min(SPEAKING_METRICS, count);
}
