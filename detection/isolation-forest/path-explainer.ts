import type { Batch, Players, ShapleySummer } from './explain.js';
import type { CompiledForest } from './forest.js';
import type { Steps } from './steps.js';
import { createKernelMachine } from './sweep-kernel.js';
import { BLOCK, LEVEL, type Sweep, type SweepMachine, type SweptBlock } from './sweep-layout.js';
import { BLOCKS, createLanes, planMemory } from './sweep-memory.js';
import { writeProgram } from './sweep-program.js';
import { createScriptMachine } from './sweep-script.js';

/**
 * Shapley values by paths, for any number of players, built some nodes at a time. Each leaf is a product game: its path
 * length times, per player on its path, o (1 when the row meets the player's conditions) if the player is known, else z (the share
 * of rows that do). Its Shapley value is (o_i - z_i) times the integral over t in [0, 1] of the product over j /= i of
 * z_j (1 - t) + o_j t (Owen's multilinear extension), a polynomial, so Gauss-Legendre points give it exactly. Leaves share
 * the products of their common path (down) and the sums over their subtrees (up), as in Yu, Xu, Yuan, Shen 2022 (Linear
 * TreeSHAP): O(nodes * points) per row and tree, no division, and no branch that depends on the row.
 * Grouped features are the same game with the group as player. Runs in WebAssembly where there is one and `vectorised` is true, else in
 * JavaScript: same bits, slower.
 */
export function* buildPathExplainer(
  forest: CompiledForest,
  players: Players,
  vectorised: boolean,
): Steps<ShapleySummer> {
  const lanesOf = createLanes(forest, players);
  const plan = planMemory(forest, players, lanesOf);
  yield;
  const machine = (vectorised ? createKernelMachine(plan.bytes) : null) ?? createScriptMachine(plan.bytes);
  const doubles = new Float64Array(machine.buffer);
  doubles.fill(1, (plan.levels + LEVEL.products) / 8, (plan.levels + LEVEL.sums) / 8);
  const view = new DataView(machine.buffer);
  yield;
  const sweeps: Sweep[] = [];
  let start = plan.programs;
  for (let tree = 0; tree < forest.treeCount; tree += 1) {
    for (const lanes of lanesOf(tree)) {
      const sweep = yield* writeProgram(view, {
        forest,
        players: players.of,
        tree,
        lanes,
        start,
        levels: plan.levels,
      });
      sweeps.push(sweep);
      start = sweep.end;
    }
    yield;
  }
  const parts: Parts = { forest, players, blocks: plan.blocks, doubles, sweeps, machine };
  return {
    tableBytes: plan.bytes,
    vectorised: machine.vectorised,
    addShapley: (batch, out) => {
      for (let first = 0; first < batch.count; first += BLOCKS * BLOCK) sweepBlocks(parts, batch, first, out);
    },
  };
}

interface Parts {
  readonly forest: CompiledForest;
  readonly players: Players;
  readonly blocks: readonly SweptBlock[];
  /** The memory. */
  readonly doubles: Float64Array;
  readonly sweeps: readonly Sweep[];
  readonly machine: SweepMachine;
}

/** Explains up to BLOCKS blocks of rows from `first` on. */
function sweepBlocks(parts: Parts, batch: Batch, first: number, out: Float64Array): void {
  const count = Math.min(BLOCKS * BLOCK, batch.count - first);
  const used = Math.ceil(count / BLOCK);
  for (let index = 0; index < used; index += 1) {
    const block = parts.blocks[index] as SweptBlock;
    block.rows = Math.min(BLOCK, count - index * BLOCK);
    loadValues(parts, block, batch.rows, first + index * BLOCK);
  }
  for (const sweep of parts.sweeps) {
    for (let index = 0; index < used; index += 1)
      parts.machine.execute(sweep, parts.blocks[index] as SweptBlock);
  }
  for (let index = 0; index < used; index += 1) {
    readSums(parts, parts.blocks[index] as SweptBlock, out, first + index * BLOCK);
  }
}

/** Copies the rows from `first` on into the block, feature by feature, and empties its accumulators. */
function loadValues(
  { forest, players, doubles }: Parts,
  block: SweptBlock,
  rows: Float64Array,
  first: number,
): void {
  const width = forest.featureCount;
  const values = block.values / 8;
  for (let row = 0; row < block.rows; row += 1) {
    const base = (first + row) * width;
    for (let feature = 0; feature < width; feature += 1) {
      doubles[values + feature * BLOCK + row] = rows[base + feature] as number;
    }
  }
  const accumulators = block.accumulators / 8;
  doubles.fill(0, accumulators, accumulators + players.count * BLOCK * 2);
}

function readSums({ players, doubles }: Parts, block: SweptBlock, out: Float64Array, first: number): void {
  const accumulators = block.accumulators / 8;
  for (let row = 0; row < block.rows; row += 1) {
    for (let player = 0; player < players.count; player += 1) {
      const pair = accumulators + (player * BLOCK + row) * 2;
      out[(first + row) * players.count + player] = (doubles[pair] as number) + (doubles[pair + 1] as number);
    }
  }
}
