import { Point } from '@influxdata/influxdb-client';

/** Longest name of a field and longest tag value, characters. */
export const NAME_LENGTH = 512;
/** Most fields of one point: two explanations of 512 metrics, and what every verdict has. */
export const FIELDS_PER_POINT = 1_100;
/** Largest event time that InfluxDB holds: 2^63 nanoseconds, in whole milliseconds. */
const LAST_MILLISECOND = 9_223_372_036_853;

/** Why a record has no point. Bad data is expected, so it is a value. */
export interface Refusal {
  readonly ok: false;
  /** Stable UPPER_SNAKE code. */
  readonly code: string;
  readonly reason: string;
}

/** A point, or why there is none. */
export type Encoded = { readonly ok: true; readonly point: Point } | Refusal;

export type FieldValue = number | boolean | string;

/** What a point is made of. Numbers are always written as floats, so that no field ever changes its type. */
export interface PointDraft {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names and values, in any order; names are distinct. */
  readonly fields: readonly (readonly [name: string, value: FieldValue])[];
  /** Event time, milliseconds since the epoch. */
  readonly timestamp: number;
  /** Offset that keeps two events of one millisecond apart. */
  readonly sequence: number;
}

/**
 * Returns the point of a draft. Its time is `timestamp` x 10^6 + `sequence` mod 10^6 nanoseconds. Refused, with a code:
 * anything that InfluxDB would drop, rename, mistake for something else, or let spoil the lines beside it.
 */
export function buildPoint(draft: PointDraft): Encoded {
  const problem = checkTime(draft.timestamp) ?? checkFieldCount(draft.fields.length);
  if (problem !== undefined) return problem;
  const point = new Point(draft.measurement);
  for (const [name, value] of Object.entries(draft.tags)) {
    const bad = checkTagValue(name, value);
    if (bad !== undefined) return bad;
    point.tag(name, value);
  }
  const seen = new Set<string>(Object.keys(draft.tags));
  for (const [name, value] of draft.fields) {
    const bad = checkFieldName(name, seen) ?? checkFieldValue(name, value);
    if (bad !== undefined) return bad;
    seen.add(name);
    addField(point, name, value);
  }
  point.timestamp(nanoseconds(draft.timestamp, draft.sequence));
  return { ok: true, point };
}

/** Returns the time of a point in nanoseconds, as decimal text: beyond 2^53, so never a number. */
export function nanoseconds(milliseconds: number, sequence: number): string {
  return String(BigInt(milliseconds) * 1_000_000n + BigInt(sequence % 1_000_000));
}

/** Returns a refusal. */
export function refuse(code: string, reason: string): Refusal {
  return { ok: false, code, reason: `encoding point: ${reason}` };
}

function addField(point: Point, name: string, value: FieldValue): void {
  if (typeof value === 'number') point.floatField(name, value);
  else if (typeof value === 'boolean') point.booleanField(name, value);
  else point.stringField(name, value);
}

function checkTime(milliseconds: number): Refusal | undefined {
  const ok = Number.isSafeInteger(milliseconds) && milliseconds >= 0 && milliseconds <= LAST_MILLISECOND;
  return ok
    ? undefined
    : refuse('BAD_TIMESTAMP', `event time ${milliseconds} is outside 0 to ${LAST_MILLISECOND} ms`);
}

function checkFieldCount(count: number): Refusal | undefined {
  if (count === 0) return refuse('NO_FIELDS', 'there is no value to write');
  if (count <= FIELDS_PER_POINT) return undefined;
  return refuse('TOO_MANY_FIELDS', `${count} fields are more than ${FIELDS_PER_POINT}`);
}

function checkTagValue(name: string, value: string): Refusal | undefined {
  if (value === '') return refuse('EMPTY_NAME', `tag ${name} is empty and would be dropped`);
  if (value.length > NAME_LENGTH)
    return refuse('NAME_TOO_LONG', `tag ${name} is over ${NAME_LENGTH} characters`);
  if (hasControlCharacter(value)) return refuse('CONTROL_CHARACTER', `tag ${name} holds a control character`);
  // The server reads a backslash before these as an escape, before the end as an escape of our own separator.
  if (/\\(?:[,= ]|$)/.test(value))
    return refuse('BAD_BACKSLASH', `tag ${name} has a backslash where it escapes`);
  return undefined;
}

function checkFieldName(name: string, seen: ReadonlySet<string>): Refusal | undefined {
  if (name === '') return refuse('EMPTY_NAME', 'a field has no name');
  if (name.length > NAME_LENGTH)
    return refuse('NAME_TOO_LONG', `a field name is over ${NAME_LENGTH} characters`);
  if (name.startsWith('_')) return refuse('RESERVED_NAME', 'names that start with _ belong to InfluxDB');
  if (name === 'time') return refuse('RESERVED_NAME', 'InfluxDB drops a field named time');
  if (hasControlCharacter(name)) return refuse('CONTROL_CHARACTER', 'a field name holds a control character');
  if (name.includes('\\')) return refuse('BAD_BACKSLASH', 'a field name holds a backslash');
  if (seen.has(name)) return refuse('DUPLICATE_NAME', 'a field has the name of a tag or of another field');
  return undefined;
}

function checkFieldValue(name: string, value: FieldValue): Refusal | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    return refuse('NOT_FINITE', `field ${name} is ${value}`);
  if (typeof value === 'string' && hasControlCharacter(value))
    return refuse('CONTROL_CHARACTER', `field ${name} holds a control character`);
  return undefined;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
