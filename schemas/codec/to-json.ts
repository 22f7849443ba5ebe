/** A value that `JSON.stringify` writes as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface ToJsonOptions {
  /** Most bytes shown of one bytes field; without it all are. A field that is longer becomes `{bytes, base64}`: its size and its beginning. */
  readonly maxBytes?: number;
}

/**
 * Returns a decoded record as plain JSON: maps and records as objects in their order, bytes as base64. Nothing is lost: bytes that are cut on
 * request say their size, and numbers that JSON has no sign for become the texts NaN, Infinity and -Infinity (only the sign of a zero goes).
 * Throws on a function or symbol.
 * Example: `toJson({ state: Buffer.from('abc') })` is `{ state: 'YWJj' }`.
 */
export function toJson(value: unknown, options: ToJsonOptions = {}): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return bytesJson(value, options.maxBytes ?? Number.POSITIVE_INFINITY);
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(item, options));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item, options)]));
  }
  throw new TypeError(`writing a record as JSON: a ${typeof value} is no part of a record`);
}

function bytesJson(value: Uint8Array, most: number): Json {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length <= most) return bytes.toString('base64');
  return { bytes: bytes.length, base64: bytes.subarray(0, most).toString('base64') };
}
