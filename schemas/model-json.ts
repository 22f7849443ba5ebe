import { fromJson } from './codec/from-json.js';
import type { Decoded } from './codec/record-codec.js';
import { reject } from './codec/rejection.js';
import { type Json, toJson } from './codec/to-json.js';
import { type ModelVersion, modelVersionCodec } from './model-version.js';

/**
 * Returns a model as one line of JSON: the record of the models topic in the order of its schema, bytes as base64. The same model gives the
 * same text, and nothing is lost: `modelFromJson` gives the same doubles bit for bit (a negative zero, for which JSON has no lasting sign, is
 * written as a text), so that the content hash holds. Throws a RangeError for a model that the topic would refuse.
 */
export function modelToJson(model: ModelVersion): string {
  const record = modelVersionCodec.decode(modelVersionCodec.encode(model));
  if (!record.ok) throw new RangeError(`writing model as JSON: ${record.reason}`);
  return `${JSON.stringify(signZeros(toJson(record.value)))}\n`;
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
