/**
 * WebAssembly in the binary format (W3C Core Specification 2.0, chapter 5), as far as the sweep's kernel needs it: an expression is
 * the bytes of its operands, then its opcode, so that code reads as nested calls and needs no assembler and no build step.
 */
export type Code = readonly number[];

/** Value types. */
export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof F64 | typeof V128;

const EMPTY_BLOCK = 0x40;
const VECTOR_PREFIX = 0xfd;

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/** An access to memory at address + offset; it may lie at any byte (alignment 2^0). */
const access = (opcode: Code) => (address: Code, offset: number) => [
  ...address,
  ...opcode,
  0,
  ...unsigned(offset),
];
const storing = (opcode: Code) => (address: Code, offset: number, value: Code) => [
  ...address,
  ...value,
  ...opcode,
  0,
  ...unsigned(offset),
];
const binary = (opcode: Code) => (left: Code, right: Code) => [...left, ...right, ...opcode];
const vector = (opcode: number): Code => [VECTOR_PREFIX, ...unsigned(opcode)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: access([0x28]),
  store: storing([0x36]),
  equal: binary([0x46]),
  lessUnsigned: binary([0x49]),
  add: binary([0x6a]),
  subtract: binary([0x6b]),
  multiply: binary([0x6c]),
};
export const f64 = { load: access([0x2b]), lessOrEqual: binary([0x65]) };
/** Two doubles in one register; each lane is rounded like a double of its own, so results do not depend on the width. */
export const f64x2 = {
  load: access(vector(0)),
  store: storing(vector(11)),
  add: binary(vector(0xf0)),
  multiply: binary(vector(0xf2)),
};

/** Reads a local variable. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** Writes a local variable. */
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** `whenTrue` when the condition is not 0, else `whenFalse`; both are computed, nothing branches. */
export const select = (condition: Code, whenTrue: Code, whenFalse: Code): Code => [
  ...whenTrue,
  ...whenFalse,
  ...condition,
  0x1b,
];
/** Runs the body, then again as long as the condition is not 0. */
export const doWhile = (body: Code, condition: Code): Code => [
  ...[0x03, EMPTY_BLOCK],
  ...body,
  ...condition,
  ...[0x0d, 0, 0x0b],
];
/** Runs the body when the condition is not 0. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, EMPTY_BLOCK, ...body, 0x0b];

/** A function without results. Locals 0, 1, ... are first its parameters (all i32), then `locals`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Returns a module that imports its memory as `host.memory` and exports the functions by name. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...list(new Array(parameters).fill([I32])), 0]);
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) =>
    sized([...list(locals.map((type) => [1, type])), ...body, 0x0b]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...text('host'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(7, exported),
    ...section(10, bodies),
  ]);
}

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);
