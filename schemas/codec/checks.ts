import type { Problem } from './rejection.js';

/** Newest accepted event time, milliseconds since the epoch: the year 2100. Seconds, microseconds and garbage fall outside. */
export const LATEST_TIMESTAMP = 4_102_444_800_000;

// 1 for the characters of a name. A table and a loop: on the path of every event they take half the time of a regular expression.
const NAME_UNITS = Uint8Array.from({ length: 128 }, (_, unit) =>
  /[A-Za-z0-9_.:/-]/.test(String.fromCharCode(unit)) ? 1 : 0,
);

/** Returns true for a name of 1 to 128 characters of `[A-Za-z0-9_.:/-]` that is not reserved. */
export function isName(name: string): boolean {
  if (name.length < 1 || name.length > 128) return false;
  for (let i = 0; i < name.length; i += 1) if (NAME_UNITS[name.charCodeAt(i)] !== 1) return false;
  return !isReserved(name);
}

/** Returns true for a text of 1 to `most` characters (UTF-16 units) without control characters that is not reserved. */
export function isFreeName(text: string, most: number): boolean {
  if (text.length < 1 || text.length > most) return false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return !isReserved(text);
}

/** True for what JavaScript's own objects answer to: as the name of a metric or label it would read a method where a value is meant. */
function isReserved(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** Returns null for an event time from 0 to {@link LATEST_TIMESTAMP}, else the problem. Milliseconds. */
export function timestampProblem(timestamp: number): Problem | null {
  if (timestamp >= 0 && timestamp <= LATEST_TIMESTAMP) return null;
  return {
    code: 'TIMESTAMP_OUT_OF_RANGE',
    reason: `timestamp is outside 0 to ${LATEST_TIMESTAMP} milliseconds`,
  };
}

/** Returns null when names are each above the one before (UTF-16 order), so sorted and distinct; else the problem. */
export function orderProblem(names: readonly string[]): Problem | null {
  for (let i = 1; i < names.length; i += 1) {
    if ((names[i - 1] ?? '') < (names[i] ?? '')) continue;
    return {
      code: 'DISORDERED_METRICS',
      reason: `metrics[${i}] is not above metrics[${i - 1}]: sorted and distinct is asked for`,
    };
  }
  return null;
}

/** Returns null when the field has `expected` entries, else the problem. */
export function lengthProblem(field: string, length: number, expected: number): Problem | null {
  if (length === expected) return null;
  return {
    code: 'LENGTH_MISMATCH',
    reason: `${field} has ${length} entries where ${expected} are asked for`,
  };
}

/** Returns null for a number from `least` to `most`, else the problem. */
export function rangeProblem(field: string, value: number, least: number, most: number): Problem | null {
  if (value >= least && value <= most) return null;
  return { code: 'OUT_OF_RANGE', reason: `${field} is outside ${least} to ${most}` };
}
