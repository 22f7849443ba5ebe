import { describe, expect, it } from 'vitest';
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
  when,
} from '../../../detection/isolation-forest/wasm-code.js';

/** Runs a body with parameters 0 and 1 and locals 2 (i32), 3 (f64), 4 (two doubles) on a page of memory. */
function run(
  body: Code,
  first: number,
  second: number,
  prepare: (memory: DataView) => void = () => {},
): DataView {
  const bytes = assembleModule([
    { name: 'idle', parameters: 0, locals: [], body: [] },
    { name: 'run', parameters: 2, locals: [I32, F64, V128], body },
  ]);
  expect(WebAssembly.validate(bytes)).toBe(true);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  prepare(view);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } });
  (exports['run'] as (first: number, second: number) => void)(first, second);
  return view;
}

describe('assembled code', () => {
  it.each([0, 1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 65_536, 2 ** 31 - 1, -(2 ** 31)])(
    'writes the constant %i',
    (value) => {
      const view = run(i32.store(i32.const(0), 200, i32.const(value)), 0, 0);
      expect(view.getInt32(200, true)).toBe(value);
    },
  );

  it('loops, counts and multiplies: a factorial', () => {
    const body = [
      ...set(2, i32.const(1)),
      ...doWhile(
        [...set(2, i32.multiply(get(2), get(0))), ...set(0, i32.subtract(get(0), i32.const(1)))],
        get(0),
      ),
      ...i32.store(get(1), 0, get(2)),
    ];
    expect(run(body, 6, 16).getInt32(16, true)).toBe(720);
  });

  it.each([
    [1, 2, 1],
    [2, 2, 1],
    [3, 2, 0],
    [Number.NaN, 2, 0],
  ])('compares the doubles %d <= %d', (left, right, expected) => {
    const isLess = f64.lessOrEqual(f64.load(get(0), 0), f64.load(get(0), 8));
    const view = run(i32.store(get(1), 0, select(isLess, i32.const(1), i32.const(0))), 0, 64, (memory) => {
      memory.setFloat64(0, left, true);
      memory.setFloat64(8, right, true);
    });
    expect(view.getInt32(64, true)).toBe(expected);
  });

  it('runs a body only when its condition holds', () => {
    const body = [
      ...when(i32.lessUnsigned(get(0), get(1)), i32.store(i32.const(0), 0, i32.const(7))),
      ...when(i32.equal(get(0), get(1)), i32.store(i32.const(0), 4, i32.const(9))),
    ];
    const view = run(body, 3, 4);
    expect([view.getInt32(0, true), view.getInt32(4, true)]).toEqual([7, 0]);
  });

  it('multiplies and adds two doubles at once, each rounded by itself', () => {
    const body = [
      ...set(4, f64x2.multiply(f64x2.load(get(0), 0), f64x2.load(get(0), 16))),
      ...f64x2.store(get(1), 0, f64x2.add(get(4), f64x2.load(get(0), 0))),
    ];
    const view = run(body, 0, 64, (memory) => {
      [0.1, 3, 0.7, 1e-300].forEach((value, index) => {
        memory.setFloat64(index * 8, value, true);
      });
    });
    expect([view.getFloat64(64, true), view.getFloat64(72, true)]).toEqual([0.1 * 0.7 + 0.1, 3 * 1e-300 + 3]);
  });
});
