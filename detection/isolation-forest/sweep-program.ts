import { type CompiledForest, LEAF } from './forest.js';
import type { Quadrature } from './gauss-legendre.js';
import type { Steps } from './steps.js';
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

/** Nodes of one step. */
const STEP_NODES = 32;

/** An inner node whose record is written. */
interface Written {
  readonly record: number;
  /** Edges above it; those of the root are 0. */
  readonly depth: number;
  readonly player: number;
  /** Share of the rows that meet the player's conditions above the node; 1 when there is none. */
  readonly share: number;
  /** How the path comes here; undefined at the root. */
  readonly edge: Edge | undefined;
}

/** The way from an inner node to a child. */
interface Edge {
  readonly above: Written;
  readonly isLeft: boolean;
  /** Share of the inner node's rows that take it. */
  readonly rowShare: number;
}

/** Writes the program of one tree into `memory` and returns where it lies; a step writes 32 nodes. O(nodes * (points + depth)). */
export function* writeProgram(memory: DataView, order: ProgramOrder): Steps<Sweep> {
  const { forest, tree } = order;
  const pairs = pairsOf(order.lanes.points);
  const writer: Writer = { ...order, memory, layout: tableLayout(pairs) };
  const root = forest.roots[tree] as number;
  const size = (forest.roots[tree + 1] as number) - root;
  const edges: (Edge | undefined)[] = new Array(size).fill(undefined);
  let record = order.start;
  let last: Written | undefined;
  for (let index = 0; index < size; index += 1) {
    const node = root + index;
    const edge = edges[index];
    if (forest.feature[node] === LEAF) {
      if (edge !== undefined) addLeaf(writer, edge, forest.pathLength[node] as number);
    } else {
      const written = writeNode(writer, { node, record, edge });
      if (last !== undefined) writeCloses(writer, last, written.depth);
      last = written;
      record += writer.layout.recordBytes;
      for (const child of [node + 1, forest.right[node] as number]) {
        const rowShare = (forest.sampleCount[child] as number) / (forest.sampleCount[node] as number);
        edges[child - root] = { above: written, isLeft: child === node + 1, rowShare };
      }
    }
    if (index % STEP_NODES === STEP_NODES - 1) yield;
  }
  // The root does not close: there is nobody to hand its sum to.
  if (last !== undefined) writeCloses(writer, last, 1);
  return { pairs, start: order.start, end: record };
}

interface Writer extends ProgramOrder {
  readonly memory: DataView;
  readonly layout: TableLayout;
}

/** Of the nodes that are open at `last`, those from `depth` on end with it: the next one lies beside them. */
function writeCloses({ memory }: Writer, last: Written, depth: number): void {
  memory.setInt32(last.record + NODE.closes, last.depth - depth + 1, true);
}

interface Place {
  readonly node: number;
  readonly record: number;
  readonly edge: Edge | undefined;
}

function writeNode(writer: Writer, { node, record, edge }: Place): Written {
  const { forest, memory, layout, levels } = writer;
  const feature = forest.feature[node] as number;
  const player = writer.players[feature] as number;
  const depth = edge === undefined ? 0 : edge.above.depth + 1;
  const condition = lastCondition(edge, player);
  const side = condition?.isLeft === true ? layout.wentLeft : layout.wentRight;
  const put = (offset: number, value: number): void => memory.setInt32(record + offset, value, true);
  memory.setFloat64(record + NODE.threshold, forest.threshold[node] as number, true);
  put(NODE.values, feature * BLOCK * 8);
  put(NODE.own, player * BLOCK * PAIR_BYTES);
  put(NODE.level, levels + depth * LEVEL.bytes);
  put(NODE.earlier, condition === undefined ? levels : levels + (condition.above.depth + 1) * LEVEL.bytes);
  put(NODE.required, condition === undefined ? layout.failed : side);
  put(NODE.upper, (edge?.above.player ?? 0) * BLOCK * PAIR_BYTES);
  put(NODE.parent, edge?.above.record ?? 0);
  writeEdge(writer, record, edge);
  const share = condition === undefined ? 1 : condition.above.share * condition.rowShare;
  return { record, depth, player, share, edge };
}

/** The lowest edge of the path that leaves a node of the player. */
function lastCondition(edge: Edge | undefined, player: number): Edge | undefined {
  let condition = edge;
  while (condition !== undefined && condition.above.player !== player) condition = condition.above.edge;
  return condition;
}

/** Writes what the edge to a node changes; above the root nothing is known and the product is 1. */
function writeEdge({ memory, layout, lanes }: Writer, record: number, edge: Edge | undefined): void {
  for (let lane = 0; lane < lanes.points.length; lane += 1) {
    for (let code = 0; code <= layout.wentRight; code += layout.wentLeft) {
      const step = { code, layout, point: lanes.points[lane] as number };
      const { ratio, delta } = edge === undefined ? { ratio: 1, delta: 0 } : edgeStep(edge, step);
      const cell = record + NODE.table + code + lane * 8;
      memory.setFloat64(cell, ratio, true);
      memory.setFloat64(cell + layout.delta, delta, true);
    }
  }
}

/** Adds what one leaf child gives per unit of its inner node's product. */
function addLeaf({ memory, layout, lanes }: Writer, edge: Edge, pathLength: number): void {
  for (let lane = 0; lane < lanes.points.length; lane += 1) {
    const weighted = (lanes.weights[lane] as number) * pathLength;
    for (let code = 0; code <= layout.wentRight; code += layout.wentLeft) {
      const { ratio, delta } = edgeStep(edge, { code, layout, point: lanes.points[lane] as number });
      const value = edge.above.record + NODE.table + code + lane * 8 + layout.leafValue;
      const sum = value - layout.leafValue + layout.leafSum;
      memory.setFloat64(value, memory.getFloat64(value, true) + weighted * ratio * delta, true);
      memory.setFloat64(sum, memory.getFloat64(sum, true) + weighted * ratio, true);
    }
  }
}

/**
 * What one edge does at quadrature point t. A player with share z of rows and indicator o (1 = the row meets all its
 * conditions so far) has the factor f = z (1 - t) + o t and the coefficient (o - z) / f.
 */
function edgeStep(
  { above: { share }, rowShare, isLeft }: Edge,
  { code, layout, point }: { code: number; layout: TableLayout; point: number },
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
