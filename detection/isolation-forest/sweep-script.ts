import {
  LEVEL,
  NODE,
  type Pairs,
  type Sweep,
  type SweepMachine,
  type SweptBlock,
  tableLayout,
} from './sweep-layout.js';

/**
 * Returns a machine in plain JavaScript: for where WebAssembly is missing, and the reference that the kernel is held against
 * bit for bit. Reads like the kernel, operation by operation.
 */
export function createScriptMachine(bytes: number): SweepMachine {
  const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  const views: Views = { words: new Int32Array(buffer), doubles: new Float64Array(buffer) };
  return {
    buffer,
    execute: (sweep, block) => {
      const { recordBytes } = tableLayout(sweep.pairs);
      for (let node = sweep.start; node < sweep.end; node += recordBytes) {
        descend(views, { ...sweep, node }, block);
        let closed = node;
        for (let closes = word(views, node + NODE.closes); closes > 0; closes -= 1) {
          ascend(views, { ...sweep, node: closed }, block);
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

interface Step extends Sweep {
  /** Address of the node's record. */
  readonly node: number;
}

const word = ({ words }: Views, address: number): number => words[address >> 2] as number;
const double = ({ doubles }: Views, address: number): number => doubles[address >> 3] as number;

function descend(views: Views, { node, pairs }: Step, { values, accumulators, rows }: SweptBlock): void {
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
    const factors = { at: states + LEVEL.bytes + LEVEL.products, table: leaf + layout.leafValue };
    addToOwn(views, own + row * 16, pairs, factors);
  }
}

function ascend(views: Views, { node, pairs }: Step, { accumulators, rows }: SweptBlock): void {
  const { delta } = tableLayout(pairs);
  const level = word(views, node + NODE.level);
  const upper = accumulators + word(views, node + NODE.upper);
  for (let row = 0; row < rows; row += 1) {
    const edge = node + NODE.table + word(views, level + row * 4);
    const sums = level + LEVEL.sums + row * pairs * 16;
    for (let at = 0; at < pairs * 16; at += 8) {
      views.doubles[(sums + at) >> 3] = double(views, sums + at) + double(views, sums + LEVEL.bytes + at);
    }
    addToOwn(views, upper + row * 16, pairs, { at: sums + LEVEL.bytes, table: edge + delta });
  }
}

/** Adds the pairs at one address times those at another to an accumulator: even points to its first double, odd to its second. */
function addToOwn(views: Views, own: number, pairs: Pairs, factors: { at: number; table: number }): void {
  for (let lane = 0; lane < 16; lane += 8) {
    let total = double(views, factors.at + lane) * double(views, factors.table + lane);
    for (let at = lane + 16; at < pairs * 16; at += 16) {
      total += double(views, factors.at + at) * double(views, factors.table + at);
    }
    views.doubles[(own + lane) >> 3] = double(views, own + lane) + total;
  }
}
