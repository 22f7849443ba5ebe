import { type CompiledForest, LEAF } from './forest.js';
import type { Quadrature } from './gauss-legendre.js';
import {
  BLOCK,
  LEVEL,
  NODE,
  PAIR_BYTES,
  pairsOf,
  type Sweep,
  type TableLayout,
  tableLayout,
} from './sweep-layout.js';

/** Which tree, seen by which players, for which of its quadrature points, and where its records go. */
export interface ProgramOrder {
  readonly forest: CompiledForest;
  readonly players: Int32Array;
  readonly tree: number;
  /** An even number of points. */
  readonly lanes: Quadrature;
  /** Address of the first record. */
  readonly start: number;
  /** Address of the root level. */
  readonly levels: number;
}

/** Writes the program of one tree into `memory` and returns where it lies. O(nodes * points). */
export function writeProgram(memory: DataView, order: ProgramOrder): Sweep {
  const pairs = pairsOf(order.lanes.points);
  const layout = tableLayout(pairs);
  const playerCount = order.forest.featureCount;
  const path: Path = {
    slots: new Int32Array(playerCount).fill(order.levels),
    codes: new Int32Array(playerCount),
    shares: new Float64Array(playerCount).fill(1),
  };
  const writer: Writer = { ...order, memory, layout, path, next: order.start };
  const root = order.forest.roots[order.tree] as number;
  if (order.forest.feature[root] !== LEAF) writeNode(writer, { node: root, level: order.levels });
  return { pairs, start: order.start, end: writer.next };
}

/** What the path says about each player: where the codes of its last node are, which one is asked for, the share of rows. */
interface Path {
  readonly slots: Int32Array;
  readonly codes: Int32Array;
  readonly shares: Float64Array;
}

interface Writer extends ProgramOrder {
  readonly memory: DataView;
  readonly layout: TableLayout;
  readonly path: Path;
  /** Address of the next record. */
  next: number;
}

/** The edge that leads to a node from an inner node: what it changes depends on the code there. */
interface Edge {
  readonly record: number;
  readonly player: number;
  readonly isLeft: boolean;
  /** Share of the rows that meet the player's conditions above the inner node, and of the node's rows that take the edge. */
  readonly share: number;
  readonly rowShare: number;
}

interface Visit {
  readonly node: number;
  /** Address of the level above. */
  readonly level: number;
  readonly edge?: Edge;
}

/** Writes the records of a subtree; returns the address of its last. */
function writeNode(writer: Writer, { node, level, edge }: Visit): number {
  const { forest, memory, path, layout } = writer;
  const record = writer.next;
  writer.next += layout.recordBytes;
  const feature = forest.feature[node] as number;
  const player = writer.players[feature] as number;
  const [slot, code, share] = [path.slots[player], path.codes[player], path.shares[player]] as [
    number,
    number,
    number,
  ];
  memory.setFloat64(record + NODE.threshold, forest.threshold[node] as number, true);
  memory.setInt32(record + NODE.values, feature * BLOCK * 8, true);
  memory.setInt32(record + NODE.own, player * BLOCK * PAIR_BYTES, true);
  memory.setInt32(record + NODE.level, level, true);
  memory.setInt32(record + NODE.earlier, slot, true);
  memory.setInt32(record + NODE.required, code, true);
  memory.setInt32(record + NODE.upper, (edge?.player ?? 0) * BLOCK * PAIR_BYTES, true);
  memory.setInt32(record + NODE.parent, edge?.record ?? 0, true);
  writeEdge(writer, record, edge);

  let last = record;
  for (const isLeft of [true, false]) {
    const child = isLeft ? node + 1 : (forest.right[node] as number);
    const rowShare = (forest.sampleCount[child] as number) / (forest.sampleCount[node] as number);
    const step: Edge = { record, player, isLeft, share, rowShare };
    if (forest.feature[child] === LEAF) {
      addLeaf(writer, step, forest.pathLength[child] as number);
      continue;
    }
    path.slots[player] = level + LEVEL.bytes;
    path.codes[player] = isLeft ? layout.wentLeft : layout.wentRight;
    path.shares[player] = share * rowShare;
    last = writeNode(writer, { node: child, level: level + LEVEL.bytes, edge: step });
  }
  path.slots[player] = slot;
  path.codes[player] = code;
  path.shares[player] = share;
  // The node closes with its last record; the root has nobody to hand its sum to.
  if (edge !== undefined)
    memory.setInt32(last + NODE.closes, memory.getInt32(last + NODE.closes, true) + 1, true);
  return last;
}

function writeEdge({ memory, layout, lanes }: Writer, record: number, edge: Edge | undefined): void {
  lanes.points.forEach((point, lane) => {
    for (const code of [layout.failed, layout.wentLeft, layout.wentRight]) {
      // Above the root nothing is known and the product is 1.
      const { ratio, delta } =
        edge === undefined ? { ratio: 1, delta: 0 } : edgeStep(edge, code, { layout, point });
      const cell = record + NODE.table + code + lane * 8;
      memory.setFloat64(cell, ratio, true);
      memory.setFloat64(cell + layout.delta, delta, true);
    }
  });
}

/** Adds what one leaf child gives per unit of its inner node's product. */
function addLeaf({ memory, layout, lanes }: Writer, edge: Edge, pathLength: number): void {
  const add = (address: number, value: number): void =>
    memory.setFloat64(address, memory.getFloat64(address, true) + value, true);
  lanes.points.forEach((point, lane) => {
    const weighted = (lanes.weights[lane] as number) * pathLength;
    for (const code of [layout.failed, layout.wentLeft, layout.wentRight]) {
      const { ratio, delta } = edgeStep(edge, code, { layout, point });
      const cell = edge.record + NODE.table + code + lane * 8;
      add(cell + layout.leafValue, weighted * ratio * delta);
      add(cell + layout.leafSum, weighted * ratio);
    }
  });
}

/**
 * What one edge does at quadrature point t. A player with share z of rows and indicator o (1 = the row meets all its
 * conditions so far) has the factor f = z (1 - t) + o t and the coefficient (o - z) / f.
 */
function edgeStep(
  { share, rowShare, isLeft }: Edge,
  code: number,
  { layout, point }: { layout: TableLayout; point: number },
): { ratio: number; delta: number } {
  // Once failed, f shrinks by the rows' share and the coefficient stays -1 / (1 - t).
  if (code === layout.failed) return { ratio: rowShare, delta: 0 };
  const meets = (code === layout.wentLeft) === isLeft ? 1 : 0;
  const oldFactor = share * (1 - point) + point;
  const newShare = share * rowShare;
  const newFactor = newShare * (1 - point) + meets * point;
  return {
    ratio: newFactor / oldFactor,
    delta: (meets - newShare) / newFactor - (1 - share) / oldFactor,
  };
}
