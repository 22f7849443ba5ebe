import avsc from 'avsc';
import { compileFieldGuards, type GuardedField } from './guard.js';
import { type Rejection, reject } from './rejection.js';
import { Walk } from './walk.js';

/** Work cut into steps: each `next()` does one, the last gives the result. */
export type DecodingSteps<Result> = Generator<undefined, Result, undefined>;

/** A record's fields, or why its bytes cannot be used. */
export type ReadFields = { readonly ok: true; readonly value: Record<string, unknown> } | Rejection;

/** Bytes that one step reads, and a last item on top. */
const STEP_BYTES = 8_192;

interface Field {
  readonly guard: GuardedField;
  readonly type: avsc.Type;
  /** Type of the items of an array. */
  readonly itemType: avsc.Type | null;
}

/**
 * Returns a reader of one record type that goes field by field, and item by item through the arrays of the record itself. It accepts and refuses
 * what guard and library do at once. Fields of bytes are views of what is read, not copies: 16 MiB would be copied for milliseconds.
 */
export function stepwiseReader(
  schema: unknown,
  type: avsc.Type,
): (bytes: Buffer, start: number) => DecodingSteps<ReadFields> {
  if (!(type instanceof avsc.types.RecordType))
    throw new TypeError('reading in steps: the schema is no record');
  const guards = compileFieldGuards(schema);
  const fields = type.fields.map((field, i): Field => {
    const guard = guards[i];
    if (guard === undefined) throw new TypeError(`reading in steps: no guard for ${field.name}`);
    const itemType = field.type instanceof avsc.types.ArrayType ? field.type.itemsType : null;
    return { guard, type: field.type, itemType };
  });
  return function* (bytes, start) {
    const walk = new Walk();
    walk.bytes = bytes;
    walk.at = start;
    walk.end = bytes.length;
    const value: Record<string, unknown> = {};
    for (const field of fields) {
      value[field.guard.name] = yield* readField(field, walk, bytes);
      if (walk.fault !== null) return reject(walk.fault.code, walk.fault.reason);
      yield;
    }
    if (walk.at === walk.end) return { ok: true, value };
    return reject('TRAILING_BYTES', `${walk.end - walk.at} bytes follow the end of the record`);
  };
}

/** Undefined when the walk has met a fault. */
function* readField({ guard, type, itemType }: Field, walk: Walk, bytes: Buffer): DecodingSteps<unknown> {
  if (guard.items !== null && itemType !== null) return yield* readItems(guard, itemType, { walk, bytes });
  if (type instanceof avsc.types.BytesType) {
    const length = walk.long(guard.name);
    if (length < 0) walk.fail('MALFORMED', `${guard.name} has a negative length`);
    return walk.fault === null && walk.skip(length, guard.name)
      ? bytes.subarray(walk.at - length, walk.at)
      : undefined;
  }
  const { at } = walk;
  return guard.step(walk) ? type.decode(bytes, at).value : undefined;
}

function* readItems(
  { name, items }: GuardedField,
  type: avsc.Type,
  { walk, bytes }: { readonly walk: Walk; readonly bytes: Buffer },
): DecodingSteps<unknown[] | undefined> {
  const read: unknown[] = [];
  let pause = walk.at + STEP_BYTES;
  for (;;) {
    const count = walk.block(name, items?.minBytes ?? 1);
    if (walk.fault !== null) return undefined;
    if (count === 0) return read;
    const { blockEnd } = walk;
    for (let i = 0; i < count; i += 1) {
      const { at } = walk;
      if (items?.step(walk) !== true) return undefined;
      read.push(type.decode(bytes, at).value);
      if (walk.at < pause) continue;
      pause = walk.at + STEP_BYTES;
      yield;
    }
    if (!walk.endsBlock(name, blockEnd)) return undefined;
  }
}
