import { createHash } from 'node:crypto';
import type { TrainingRow } from '../training-row.js';

/**
 * Returns the SHA-256 of what was trained on, 64 hexadecimal digits: host, event time, metric names and values of every row, in their
 * order. Two versions with the same fingerprint were trained on the same readings. O(values).
 */
export function dataFingerprint(rows: readonly TrainingRow[]): string {
  const hash = createHash('sha256');
  let names: readonly string[] = [];
  for (const { host, timestamp, metrics, values } of rows) {
    // Names are the same for most rows: they go in where they change.
    const isChange = !haveSameText(metrics, names);
    hash.update(JSON.stringify(isChange ? [host, metrics] : [host]));
    names = metrics;
    const numbers = Float64Array.of(timestamp, ...values);
    hash.update(new Uint8Array(numbers.buffer));
  }
  return hash.digest('hex');
}

/** By content: whether rows share one array depends on how they were read. */
function haveSameText(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}
