import { objectNode } from './fingerprint.js';

const NUMBER_TEXTS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};
const NUMBERS = new Set(['int', 'long', 'float', 'double']);

/**
 * Returns the record that `toJson` wrote as this JSON, read along its Avro schema: bytes from base64, numbers from their texts. Unknown
 * fields are left out, a missing one takes its default. Throws a TypeError that names the place of what does not fit.
 */
export function fromJson(schema: unknown, json: unknown, place = 'the record'): unknown {
  if (Array.isArray(schema)) return readUnion(schema, json, place);
  const type = typeof schema === 'string' ? schema : objectNode(schema)['type'];
  if (typeof type !== 'string') return fromJson(type, json, place);
  if (NUMBERS.has(type)) return readNumber(json, place);
  switch (type) {
    case 'null':
      return json === null ? null : refuse(place, 'null');
    case 'boolean':
      return typeof json === 'boolean' ? json : refuse(place, 'true or false');
    case 'string':
      return typeof json === 'string' ? json : refuse(place, 'a text');
    case 'bytes':
      return readBytes(json, place);
    case 'array':
      return readArray(objectNode(schema)['items'], json, place);
    case 'map':
      return readMap(objectNode(schema)['values'], json, place);
    case 'record':
      return readRecord(objectNode(schema)['fields'], json, place);
    default:
      throw new TypeError(`reading a record from JSON: ${place}: the type ${type} is not known here`);
  }
}

/** Unions here are `null` and one other type. */
function readUnion(branches: readonly unknown[], json: unknown, place: string): unknown {
  if (json === null && branches.includes('null')) return null;
  return fromJson(
    branches.find((branch) => branch !== 'null'),
    json,
    place,
  );
}

function readNumber(json: unknown, place: string): number {
  if (typeof json === 'number') return json;
  const named = typeof json === 'string' ? NUMBER_TEXTS[json] : undefined;
  return named ?? refuse(place, 'a number');
}

function readBytes(json: unknown, place: string): Buffer {
  if (typeof json !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(json)) return refuse(place, 'base64');
  return Buffer.from(json, 'base64');
}

function readArray(items: unknown, json: unknown, place: string): unknown[] {
  if (!Array.isArray(json)) return refuse(place, 'a list');
  return json.map((item: unknown, i) => fromJson(items, item, `${place}[${i}]`));
}

function readMap(values: unknown, json: unknown, place: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(objectOf(json, place)).map(([name, value]) => [
      name,
      fromJson(values, value, `${place}.${name}`),
    ]),
  );
}

function readRecord(fields: unknown, json: unknown, place: string): Record<string, unknown> {
  const object = objectOf(json, place);
  const entries = (Array.isArray(fields) ? fields : []).map((field: unknown) => {
    const { name, type, default: usual } = objectNode(field);
    const inner = `${place}.${String(name)}`;
    const value = Object.hasOwn(object, String(name)) ? object[String(name)] : usual;
    return value === undefined ? refuse(inner, 'present') : [String(name), fromJson(type, value, inner)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function objectOf(json: unknown, place: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse(place, 'an object');
  return json as Record<string, unknown>;
}

function refuse(place: string, expected: string): never {
  throw new TypeError(`reading a record from JSON: ${place} is not ${expected}`);
}
