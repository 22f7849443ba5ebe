import { LEVEL, NODE, type Pairs, type SweepMachine, type SweptBlock, tableLayout } from './sweep-layout.js';

/**
 * Returns a machine in plain JavaScript: for where WebAssembly is missing, and the reference that the kernel is held against
 * bit for bit. Reads like the kernel, operation by operation.
 */
export function createScriptMachine(bytes: number): SweepMachine {
  const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  const views: Views = { words: new Int32Array(buffer), doubles: new Float64Array(buffer) };
  return {
    buffer,
    vectorised: false,
    execute: ({ pairs, start, end }, block) => {
      const { recordBytes } = tableLayout(pairs);
      for (let node = start; node < end; node += recordBytes) {
        descend(views, node, pairs, block);
        let closed = node;
        for (let closes = word(views, node + NODE.closes); closes > 0; closes -= 1) {
          ascend(views, closed, pairs, block);
          closed = word(views, closed + NODE.parent);
        }
      }
    },
  };
}

interface Views {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

const word = ({ words }: Views, address: number): number => words[address >> 2] as number;
const double = ({ doubles }: Views, address: number): number => doubles[address >> 3] as number;

function descend(views: Views, node: number, pairs: Pairs, block: SweptBlock): void {
  const { values, accumulators, rows } = block;
  const layout = tableLayout(pairs);
  const level = word(views, node + NODE.level);
  const earlier = word(views, node + NODE.earlier);
  const required = word(views, node + NODE.required);
  const threshold = double(views, node + NODE.threshold);
  const value = values + word(views, node + NODE.values);
  const own = accumulators + word(views, node + NODE.own);
  for (let row = 0; row < rows; row += 1) {
    const side = double(views, value + row * 8) <= threshold ? layout.wentLeft : layout.wentRight;
    const code = word(views, earlier + row * 4) === required ? side : layout.failed;
    views.words[(level + LEVEL.bytes + row * 4) >> 2] = code;
    const edge = node + NODE.table + word(views, level + row * 4);
    const leaf = node + NODE.table + code;
    const states = level + row * pairs * 16;
    for (let at = 0; at < pairs * 16; at += 8) {
      const product = double(views, states + LEVEL.products + at) * double(views, edge + at);
      views.doubles[(states + LEVEL.bytes + LEVEL.products + at) >> 3] = product;
      views.doubles[(states + LEVEL.bytes + LEVEL.sums + at) >> 3] =
        product * double(views, leaf + layout.leafSum + at);
    }
    const product = states + LEVEL.bytes + LEVEL.products;
    for (let lane = 0; lane < 16; lane += 8) {
      const value = dot(views, product + lane, leaf + layout.leafValue + lane, pairs);
      views.doubles[(own + row * 16 + lane) >> 3] = double(views, own + row * 16 + lane) + value;
    }
  }
}

function ascend(views: Views, node: number, pairs: Pairs, { accumulators, rows }: SweptBlock): void {
  const { delta } = tableLayout(pairs);
  const level = word(views, node + NODE.level);
  const upper = accumulators + word(views, node + NODE.upper);
  for (let row = 0; row < rows; row += 1) {
    const edge = node + NODE.table + word(views, level + row * 4);
    const sums = level + LEVEL.sums + row * pairs * 16;
    for (let at = 0; at < pairs * 16; at += 8) {
      views.doubles[(sums + at) >> 3] = double(views, sums + at) + double(views, sums + LEVEL.bytes + at);
    }
    for (let lane = 0; lane < 16; lane += 8) {
      const value = dot(views, sums + LEVEL.bytes + lane, edge + delta + lane, pairs);
      views.doubles[(upper + row * 16 + lane) >> 3] = double(views, upper + row * 16 + lane) + value;
    }
  }
}

/** Sum of the products of every second double at the two addresses. */
function dot(views: Views, one: number, other: number, pairs: Pairs): number {
  let sum = double(views, one) * double(views, other);
  for (let at = 16; at < pairs * 16; at += 16) sum += double(views, one + at) * double(views, other + at);
  return sum;
}
