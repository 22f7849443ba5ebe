/** Consecutive rows, both ends included, 0-based. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the runs of rows whose value is not 0, in order. O(n).
 * @example segments([0, 1, 1, 0, 1]); // [{start: 1, end: 2}, {start: 4, end: 4}]
 */
export function segments(values: ArrayLike<number>): Segment[] {
  const found: Segment[] = [];
  let start = -1;
  for (let i = 0; i < values.length; i += 1) {
    const inside = values[i] !== 0;
    if (inside && start < 0) start = i;
    if (!inside && start >= 0) {
      found.push({ start, end: i - 1 });
      start = -1;
    }
  }
  if (start >= 0) found.push({ start, end: values.length - 1 });
  return found;
}

/** Returns the segments with those joined that fewer than `gap` rows part. Segments in order and disjoint; O(segments). */
export function mergedSegments(ordered: readonly Segment[], gap: number): Segment[] {
  const merged: Segment[] = [];
  for (const segment of ordered) {
    const last = merged.at(-1);
    if (last !== undefined && segment.start - last.end - 1 < gap) {
      merged[merged.length - 1] = { start: last.start, end: segment.end };
    } else merged.push(segment);
  }
  return merged;
}
