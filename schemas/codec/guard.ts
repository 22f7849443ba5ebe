import { declaredName, fullName, namespaceOf, objectNode } from './fingerprint.js';
import type { Problem } from './rejection.js';
import {
  booleanStep,
  bytesOf,
  doublesStep,
  floatStep,
  indexStep,
  keyStep,
  lengthStep,
  longStep,
  type Step,
  textStep,
  Walk,
} from './walk.js';

/** Deepest accepted nesting of records, and of a schema. */
export const MAX_DEPTH = 32;

/** Walks an encoded body from `start` to the end of the bytes; returns null when a decoder may safely read it, else the fault. */
export type Guard = (bytes: Uint8Array, start: number) => Problem | null;

interface Compiled {
  readonly step: Step;
  /** Fewest bytes that a value takes. */
  readonly minBytes: number;
  /** Moves over `count` values in one loop, where that is faster than step after step. */
  readonly many?: (walk: Walk, count: number) => boolean;
  /** Of an array: how to move over one of its items. */
  readonly items?: { readonly step: Step; readonly minBytes: number };
}

interface Scope {
  readonly path: string;
  readonly namespace: string;
  readonly depth: number;
  readonly named: Map<string, Compiled>;
}

/**
 * Returns the guard of a schema. It refuses before anything is allocated what a decoder would pay for with memory or time:
 * blocks that announce more items than the bytes left can hold (items without bytes included), lengths beyond the end, recursion
 * deeper than {@link MAX_DEPTH}, bytes after the value; and what a decoder would silently let through: text that is not UTF-8,
 * numbers that are not finite or that a double cannot hold, branches and symbols that do not exist, the map key `__proto__`.
 * O(bytes); allocates only for a fault. Throws on a schema that is not one or that nests deeper than {@link MAX_DEPTH}.
 */
export function compileGuard(schema: unknown): Guard {
  const { step } = compile(schema, { path: 'the record', namespace: '', depth: 0, named: new Map() });
  const walk = new Walk();
  return (bytes, start) => {
    walk.bytes = bytes;
    walk.at = start;
    walk.end = bytes.length;
    walk.depth = 0;
    walk.fault = null;
    if (step(walk) && walk.at < walk.end) {
      walk.fail('TRAILING_BYTES', `${walk.end - walk.at} bytes follow the end of the record`);
    }
    return walk.fault;
  };
}

/** One field of a record, for a walk that goes on piece by piece. */
export interface GuardedField {
  readonly name: string;
  readonly step: Step;
  /** How to move over one item of an array, and the fewest bytes that it takes; null for what is no array. */
  readonly items: { readonly step: Step; readonly minBytes: number } | null;
}

/** Returns the guards of a record's fields, in their order. Throws as {@link compileGuard}. */
export function compileFieldGuards(schema: unknown): readonly GuardedField[] {
  const node = objectNode(schema);
  const { fields } = node;
  if (!Array.isArray(fields)) throw new TypeError('compiling guard: a record has no fields');
  const namespace = namespaceOf(declaredName(node, ''));
  const named = new Map<string, Compiled>();
  return fields.map(objectNode).map((field) => {
    const name = String(field['name']);
    const compiled = compile(field['type'], { path: name, namespace, depth: 1, named });
    return { name, step: compiled.step, items: compiled.items ?? null };
  });
}

function compile(schema: unknown, scope: Scope): Compiled {
  if (scope.depth > MAX_DEPTH)
    throw new RangeError(`compiling guard: the schema nests deeper than ${MAX_DEPTH}`);
  if (typeof schema === 'string') return primitive(schema, scope);
  if (Array.isArray(schema)) return union(schema, scope);
  const node = objectNode(schema);
  switch (node['type']) {
    case 'record':
      return record(node, scope);
    case 'enum':
      return enumeration(node, scope);
    case 'fixed':
      return named(node, scope, {
        step: bytesOf(Number(node['size']), scope.path),
        minBytes: Number(node['size']),
      });
    case 'array':
      return array(node['items'], scope);
    case 'map':
      return map(node['values'], scope);
    default:
      return compile(node['type'], { ...scope, depth: scope.depth + 1 });
  }
}

function primitive(name: string, scope: Scope): Compiled {
  const { path } = scope;
  switch (name) {
    case 'null':
      return { step: () => true, minBytes: 0 };
    case 'boolean':
      return { step: booleanStep(path), minBytes: 1 };
    case 'int':
      return { step: longStep(path, -(2 ** 31), 2 ** 31 - 1), minBytes: 1 };
    case 'long':
      // Below -2^52 the library's float arithmetic rounds the zigzag form and would return another number.
      return { step: longStep(path, -(2 ** 52), Number.MAX_SAFE_INTEGER - 1), minBytes: 1 };
    case 'float':
      return { step: floatStep(path), minBytes: 4 };
    case 'double': {
      const many = doublesStep(path);
      return { step: (walk) => many(walk, 1), minBytes: 8, many };
    }
    case 'bytes':
      return { step: lengthStep(path), minBytes: 1 };
    case 'string':
      return { step: textStep(path), minBytes: 1 };
    default: {
      const known = scope.named.get(fullName(name, scope.namespace));
      if (known === undefined)
        throw new TypeError(`compiling guard: the schema names the unknown type ${name}`);
      return known;
    }
  }
}

function record(node: Readonly<Record<string, unknown>>, scope: Scope): Compiled {
  const { fields } = node;
  if (!Array.isArray(fields)) throw new TypeError('compiling guard: a record has no fields');
  const name = declaredName(node, scope.namespace);
  const steps: Step[] = [];
  const { path } = scope;
  const step: Step = (walk) => {
    if (++walk.depth > MAX_DEPTH) return walk.fail('TOO_DEEP', `${path} nests deeper than ${MAX_DEPTH}`);
    for (let i = 0; i < steps.length; i += 1) if (!(steps[i] as Step)(walk)) return false;
    walk.depth -= 1;
    return true;
  };
  // While its fields are compiled the record has no smallest size yet: only a union can lead back here, and it takes another branch's.
  scope.named.set(name, { step, minBytes: Number.POSITIVE_INFINITY });
  let minBytes = 0;
  for (const field of fields.map(objectNode)) {
    const inner = compile(field['type'], {
      path: path === 'the record' ? String(field['name']) : `${path}.${String(field['name'])}`,
      namespace: namespaceOf(name),
      depth: scope.depth + 1,
      named: scope.named,
    });
    steps.push(inner.step);
    minBytes += inner.minBytes;
  }
  const compiled = { step, minBytes };
  scope.named.set(name, compiled);
  return compiled;
}

function named(node: Readonly<Record<string, unknown>>, scope: Scope, compiled: Compiled): Compiled {
  scope.named.set(declaredName(node, scope.namespace), compiled);
  return compiled;
}

function enumeration(node: Readonly<Record<string, unknown>>, scope: Scope): Compiled {
  const count = Array.isArray(node['symbols']) ? node['symbols'].length : 0;
  return named(node, scope, { step: indexStep(scope.path, count), minBytes: 1 });
}

function union(branches: readonly unknown[], scope: Scope): Compiled {
  const compiled = branches.map((branch) => compile(branch, { ...scope, depth: scope.depth + 1 }));
  const { path } = scope;
  const step: Step = (walk) => {
    const branch = compiled[walk.long(path)];
    if (branch !== undefined) return branch.step(walk);
    return walk.fault
      ? false
      : walk.fail('MALFORMED', `${path} has an index outside its ${compiled.length} branches`);
  };
  return { step, minBytes: 1 + Math.min(...compiled.map((branch) => branch.minBytes)) };
}

function array(items: unknown, scope: Scope): Compiled {
  return blocks(compile(items, { ...scope, depth: scope.depth + 1 }), scope.path);
}

function map(values: unknown, scope: Scope): Compiled {
  const { step, minBytes } = compile(values, { ...scope, depth: scope.depth + 1 });
  const key = keyStep(scope.path);
  return blocks({ step: (walk) => key(walk) && step(walk), minBytes: 1 + minBytes }, scope.path);
}

/** Items in blocks: a count, then (when the count is negative) the block's size in bytes, then the items; a count of 0 ends them. */
function blocks(item: Compiled, path: string): Compiled {
  // A record that is still being compiled (recursion) takes at least the byte of the array, map or union that leads back to it.
  const minBytes = Number.isFinite(item.minBytes) ? item.minBytes : 1;
  const many = item.many ?? oneByOne(item.step);
  const step: Step = (walk) => {
    for (;;) {
      const count = walk.block(path, minBytes);
      if (walk.fault) return false;
      if (count === 0) return true;
      const { blockEnd } = walk;
      if (!many(walk, count) || !walk.endsBlock(path, blockEnd)) return false;
    }
  };
  return { step, minBytes: 1, items: { step: item.step, minBytes } };
}

function oneByOne(step: Step): (walk: Walk, count: number) => boolean {
  return (walk, count) => {
    for (let i = 0; i < count; i += 1) if (!step(walk)) return false;
    return true;
  };
}
