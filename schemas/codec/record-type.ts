import avsc from 'avsc';
import { doubleArrayHook } from './double-array.js';
import { objectNode } from './fingerprint.js';

const BARE_MAP = 'tidewatch-bare-map';

/** A map whose decoded object has no prototype, so that looking up a name from outside finds only what the record holds. */
class BareMap extends avsc.types.LogicalType {
  protected override _fromValue(value: object): object {
    return Object.setPrototypeOf(value, null);
  }

  protected override _toValue(value: object): object {
    return value;
  }

  protected override _resolve(type: avsc.Type): ((value: object) => object) | undefined {
    return type instanceof BareMap || avsc.Type.isType(type, 'map')
      ? (value) => this._fromValue(value)
      : undefined;
  }
}

/** Returns the library's type of a schema; its records have no methods and its maps decode to objects without a prototype. */
export function recordType(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(bareMaps(schema) as avsc.schema.AvroSchema, {
    logicalTypes: { [BARE_MAP]: BareMap },
    omitRecordMethods: true,
    typeHook: doubleArrayHook,
  });
}

function bareMaps(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bareMaps);
  if (typeof schema !== 'object' || schema === null) return schema;
  const node = objectNode(schema);
  const inner = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      ['type', 'items', 'values', 'fields'].includes(key) ? bareMaps(value) : value,
    ]),
  );
  return node['type'] === 'map' ? { ...inner, logicalType: BARE_MAP } : inner;
}
