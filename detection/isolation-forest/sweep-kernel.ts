import {
  LEVEL,
  MOST_PAIRS,
  NODE,
  PAIR_BYTES,
  type Pairs,
  type SweepMachine,
  tableLayout,
} from './sweep-layout.js';
import {
  assembleModule,
  type Code,
  doWhile,
  F64,
  f64,
  f64x2,
  get,
  I32,
  i32,
  select,
  set,
  V128,
  type WasmFunction,
  when,
} from './wasm-code.js';

const PAGE_BYTES = 65_536;

/**
 * Returns a machine in WebAssembly with 128-bit vectors, or null where there is none (`node --jitless`, processors
 * without SIMD): several times as fast as the one in JavaScript, and the same bits, for all operations and their order are the same.
 */
export function createKernelMachine(bytes: number): SweepMachine | null {
  if (KERNEL === null) return null;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(KERNEL, { host: { memory } });
  const kernels = [1, 2, MOST_PAIRS].map((pairs) => exports[`sweep${pairs}`]).filter(isKernel);
  return {
    buffer: memory.buffer,
    vectorised: true,
    execute: ({ pairs, start, end }, { values, accumulators, rows }) => {
      kernels[pairs - 1]?.(start, end, rows, values, accumulators);
    },
  };
}

function compileKernel(): WebAssembly.Module | null {
  if (typeof WebAssembly === 'undefined') return null;
  const code = assembleModule([sweepFunction(1), sweepFunction(2), sweepFunction(3)]);
  return WebAssembly.validate(code) ? new WebAssembly.Module(code) : null;
}

type Kernel = (start: number, end: number, rows: number, values: number, accumulators: number) => void;

function isKernel(exported: unknown): exported is Kernel {
  return typeof exported === 'function';
}

// Parameters, then locals.
const NODE_AT = 0;
const END = 1;
const ROWS = 2;
const VALUES = 3;
const ACCUMULATORS = 4;
const VALUE = 5;
const LAST_VALUE = 6;
const CODES = 7;
const STATES = 8;
const EARLIER = 9;
const REQUIRED = 10;
const OWN = 11;
const CODE = 12;
const EDGE = 13;
const LEAF = 14;
const CLOSES = 15;
const CLOSED = 16;
const THRESHOLD = 17;
const FIRST_VECTOR = 18;
const LOCALS = [...new Array<typeof I32>(12).fill(I32), F64, V128, V128, V128] as const;

const step = (local: number, bytes: number): Code => set(local, i32.add(get(local), i32.const(bytes)));
const field = (record: number, offset: number): Code => i32.load(get(record), offset);

/** sweep1..3(start, end, rows, values, accumulators): all nodes of one tree for a block of rows. */
function sweepFunction(pairs: Pairs): WasmFunction {
  const { recordBytes } = tableLayout(pairs);
  const body = doWhile(
    [
      ...descend(pairs),
      ...set(CLOSES, field(NODE_AT, NODE.closes)),
      ...set(CLOSED, get(NODE_AT)),
      ...when(
        get(CLOSES),
        doWhile(
          [...ascend(pairs), ...set(CLOSED, field(CLOSED, NODE.parent)), ...step(CLOSES, -1)],
          get(CLOSES),
        ),
      ),
      ...step(NODE_AT, recordBytes),
    ],
    i32.lessUnsigned(get(NODE_AT), get(END)),
  );
  return { name: `sweep${pairs}`, parameters: 5, locals: LOCALS, body };
}

/** Per row: the node's code and product, and what its leaf children give to its own sum and to its player. */
function descend(pairs: Pairs): Code {
  const layout = tableLayout(pairs);
  const side = select(
    f64.lessOrEqual(f64.load(get(VALUE), 0), get(THRESHOLD)),
    i32.const(layout.wentLeft),
    i32.const(layout.wentRight),
  );
  const isAlive = i32.equal(i32.load(get(EARLIER), 0), get(REQUIRED));
  const products = range(pairs).flatMap((pair) => {
    const at = pair * PAIR_BYTES;
    const product = FIRST_VECTOR + pair;
    return [
      ...set(
        product,
        f64x2.multiply(f64x2.load(get(STATES), LEVEL.products + at), f64x2.load(get(EDGE), at)),
      ),
      ...f64x2.store(get(STATES), LEVEL.bytes + LEVEL.products + at, get(product)),
      ...f64x2.store(
        get(STATES),
        LEVEL.bytes + LEVEL.sums + at,
        f64x2.multiply(get(product), f64x2.load(get(LEAF), layout.leafSum + at)),
      ),
    ];
  });
  return [
    ...set(VALUE, i32.add(get(VALUES), field(NODE_AT, NODE.values))),
    ...set(LAST_VALUE, i32.add(get(VALUE), i32.multiply(get(ROWS), i32.const(8)))),
    ...set(CODES, field(NODE_AT, NODE.level)),
    ...set(STATES, get(CODES)),
    ...set(EARLIER, field(NODE_AT, NODE.earlier)),
    ...set(REQUIRED, field(NODE_AT, NODE.required)),
    ...set(OWN, i32.add(get(ACCUMULATORS), field(NODE_AT, NODE.own))),
    ...set(THRESHOLD, f64.load(get(NODE_AT), NODE.threshold)),
    ...doWhile(
      [
        ...set(CODE, select(isAlive, side, i32.const(layout.failed))),
        ...i32.store(get(CODES), LEVEL.bytes, get(CODE)),
        ...set(EDGE, i32.add(i32.add(get(NODE_AT), i32.const(NODE.table)), i32.load(get(CODES), 0))),
        ...set(LEAF, i32.add(i32.add(get(NODE_AT), i32.const(NODE.table)), get(CODE))),
        ...products,
        ...addToOwn(pairs, LEAF, layout.leafValue),
        ...[...step(VALUE, 8), ...step(CODES, 4), ...step(EARLIER, 4)],
        ...[...step(STATES, pairs * PAIR_BYTES), ...step(OWN, PAIR_BYTES)],
      ],
      i32.lessUnsigned(get(VALUE), get(LAST_VALUE)),
    ),
  ];
}

/** Per row: hands the closed node's sum on to the level above, and what the edge between changes to the player above. */
function ascend(pairs: Pairs): Code {
  const sums = range(pairs).flatMap((pair) => {
    const at = LEVEL.sums + pair * PAIR_BYTES;
    const sum = FIRST_VECTOR + pair;
    return [
      ...set(sum, f64x2.load(get(STATES), LEVEL.bytes + at)),
      ...f64x2.store(get(STATES), at, f64x2.add(f64x2.load(get(STATES), at), get(sum))),
    ];
  });
  return [
    ...set(CODES, field(CLOSED, NODE.level)),
    ...set(STATES, get(CODES)),
    ...set(LAST_VALUE, i32.add(get(CODES), i32.multiply(get(ROWS), i32.const(4)))),
    ...set(OWN, i32.add(get(ACCUMULATORS), field(CLOSED, NODE.upper))),
    ...doWhile(
      [
        ...set(EDGE, i32.add(i32.add(get(CLOSED), i32.const(NODE.table)), i32.load(get(CODES), 0))),
        ...sums,
        ...addToOwn(pairs, EDGE, tableLayout(pairs).delta),
        ...[...step(CODES, 4), ...step(STATES, pairs * PAIR_BYTES), ...step(OWN, PAIR_BYTES)],
      ],
      i32.lessUnsigned(get(CODES), get(LAST_VALUE)),
    ),
  ];
}

/** Adds the vectors times a row of the table to the accumulator. */
function addToOwn(pairs: Pairs, table: number, offset: number): Code {
  const terms = range(pairs).map((pair) =>
    f64x2.multiply(get(FIRST_VECTOR + pair), f64x2.load(get(table), offset + pair * PAIR_BYTES)),
  );
  const total = terms.reduce((sum, term) => f64x2.add(sum, term));
  return f64x2.store(get(OWN), 0, f64x2.add(f64x2.load(get(OWN), 0), total));
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** The code is the same for all forests: compiled when this file is loaded, in 5 ms, and not when a model is switched. */
const KERNEL = compileKernel();
