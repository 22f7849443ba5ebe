import { fromJson } from './codec/from-json.js';
import type { Decoded } from './codec/record-codec.js';
import { reject } from './codec/rejection.js';
import { type Json, toJson } from './codec/to-json.js';
import { type ModelVersion, modelVersionCodec } from './model-version.js';

/**
 * Returns a model as one line of JSON: the record of the models topic field by field, bytes as base64. Lossless: `modelFromJson` gives the
 * same doubles bit for bit (a negative zero, for which JSON has no lasting sign, is written as a text), so that the content hash holds.
 */
export function modelToJson(model: ModelVersion): string {
  return `${JSON.stringify(signZeros(toJson(model)))}\n`;
}

/** Returns the model that `modelToJson` wrote, held to the same checks as a record of the topic; else why it is refused. Never throws. */
export function modelFromJson(text: string): Decoded<ModelVersion> {
  try {
    const record = fromJson(modelVersionCodec.schema, JSON.parse(text), 'model') as ModelVersion;
    return modelVersionCodec.decode(modelVersionCodec.encode(record));
  } catch (error) {
    return reject('MALFORMED', error instanceof Error ? error.message : String(error));
  }
}

function signZeros(json: Json): Json {
  if (Object.is(json, -0)) return '-0';
  if (isList(json)) return json.map(signZeros);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, signZeros(value)]));
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
