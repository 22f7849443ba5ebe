import { type CompiledForest, LEAF } from './forest.js';
import { gaussLegendre, type Quadrature } from './gauss-legendre.js';

/** Quadrature points that one sweep carries. 4 are exact for paths with up to 8 different players (psi 256). */
export const LANES = 4;
/** Codes of an inner node: what is known of its player on the path, as an offset into the tables below. */
export const FAILED = 0;
export const WENT_LEFT = 2 * LANES;
export const WENT_RIGHT = 4 * LANES;
/** Per inner node 3 codes x (RATIO, DELTA), then 3 codes x (LEAF_VALUE, LEAF_SUM): what is read together lies together. */
export const NODE_DOUBLES = 12 * LANES;
export const DELTA = LANES;
export const LEAF_VALUE = 6 * LANES;
export const LEAF_SUM = 7 * LANES;

/**
 * The inner nodes of one tree in preorder, for LANES of its quadrature points. Slots 1..size; slot 0 is no node but what the
 * root's `parent` and the `earlier` of a player's first node point to; its code is always FAILED (0), as `required` there.
 */
export interface TreeSweep {
  readonly size: number;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly player: Int32Array;
  readonly parent: Int32Array;
  /** Nearest ancestor with the same player, and the code that it must have for the player not to have failed. */
  readonly earlier: Int32Array;
  readonly required: Int32Array;
  /**
   * Per slot NODE_DOUBLES: RATIO (by the parent's code: factor from the parent's product to this node's) and DELTA (by the
   * parent's code: change of the parent's player's coefficient); LEAF_VALUE and LEAF_SUM (by the own code: what the leaf
   * children give to the own player and to the own subtree's sum, per unit of the node's product).
   */
  readonly table: Float64Array;
}

/** Returns the sweeps of all trees, tree by tree; a tree of one leaf has none. O(nodes), 400 bytes per inner node. */
export function buildSweeps(forest: CompiledForest, players: Int32Array): TreeSweep[] {
  const sweeps: TreeSweep[] = [];
  for (let tree = 0; tree < forest.treeCount; tree += 1) {
    const plan = planTree(forest, players, tree);
    if (plan.nodes.length === 0) continue;
    // The integrand has degree players - 1, and n points are exact up to degree 2n - 1.
    const { points, weights } = gaussLegendre(Math.ceil(plan.mostPlayers / 2));
    for (let first = 0; first < points.length; first += LANES) {
      const lanes = {
        points: points.slice(first, first + LANES),
        weights: weights.slice(first, first + LANES),
      };
      sweeps.push(buildSweep(forest, plan, lanes));
    }
  }
  return sweeps;
}

/** An inner node: `share` is the share of rows that meet the player's conditions above it, 1 for its first node. */
interface PlannedNode {
  readonly node: number;
  readonly player: number;
  readonly share: number;
  readonly parent: number;
  readonly isLeft: boolean;
  readonly earlier: number;
  readonly required: number;
}

interface TreePlan {
  readonly nodes: PlannedNode[];
  readonly mostPlayers: number;
}

/** What the path above a node says about one player. */
interface Condition {
  readonly slot: number;
  readonly code: number;
  readonly share: number;
}

function planTree(forest: CompiledForest, players: Int32Array, tree: number): TreePlan {
  const nodes: PlannedNode[] = [];
  let mostPlayers = 1;
  const visit = (
    node: number,
    path: ReadonlyMap<number, Condition>,
    up: { slot: number; isLeft: boolean },
  ): void => {
    const feature = forest.feature[node] as number;
    if (feature === LEAF) {
      mostPlayers = Math.max(mostPlayers, path.size);
      return;
    }
    const player = players[feature] as number;
    const { slot: earlier, code: required, share } = path.get(player) ?? { slot: 0, code: FAILED, share: 1 };
    nodes.push({ node, player, share, parent: up.slot, isLeft: up.isLeft, earlier, required });
    const slot = nodes.length;
    for (const isLeft of [true, false]) {
      const child = isLeft ? node + 1 : (forest.right[node] as number);
      const condition = {
        slot,
        code: isLeft ? WENT_LEFT : WENT_RIGHT,
        share: (share * (forest.sampleCount[child] as number)) / (forest.sampleCount[node] as number),
      };
      visit(child, new Map(path).set(player, condition), { slot, isLeft });
    }
  };
  visit(forest.roots[tree] as number, new Map(), { slot: 0, isLeft: true });
  return { nodes, mostPlayers };
}

function buildSweep(forest: CompiledForest, { nodes }: TreePlan, lanes: Quadrature): TreeSweep {
  const slots = nodes.length + 1;
  const sweep: TreeSweep = {
    size: nodes.length,
    feature: new Int32Array(slots),
    threshold: new Float64Array(slots),
    player: new Int32Array(slots),
    parent: new Int32Array(slots),
    earlier: new Int32Array(slots),
    required: new Int32Array(slots),
    table: new Float64Array(slots * NODE_DOUBLES),
  };
  nodes.forEach((planned, index) => {
    const slot = index + 1;
    sweep.feature[slot] = forest.feature[planned.node] as number;
    sweep.threshold[slot] = forest.threshold[planned.node] as number;
    sweep.player[slot] = planned.player;
    sweep.parent[slot] = planned.parent;
    sweep.earlier[slot] = planned.earlier;
    sweep.required[slot] = planned.required;
    fillEdge(sweep.table, forest, { planned, above: nodes[planned.parent - 1], slot, lanes });
    for (const isLeft of [true, false]) fillLeaf(sweep.table, forest, { planned, isLeft, slot, lanes });
  });
  return sweep;
}

interface NodePlace {
  readonly planned: PlannedNode;
  readonly slot: number;
  readonly lanes: Quadrature;
}

function fillEdge(
  table: Float64Array,
  forest: CompiledForest,
  { planned, above, slot, lanes }: NodePlace & { above: PlannedNode | undefined },
): void {
  if (above === undefined) {
    table.fill(1, slot * NODE_DOUBLES + FAILED, slot * NODE_DOUBLES + FAILED + LANES);
    return;
  }
  const rowShare = (forest.sampleCount[planned.node] as number) / (forest.sampleCount[above.node] as number);
  lanes.points.forEach((point, lane) => {
    for (const code of [FAILED, WENT_LEFT, WENT_RIGHT]) {
      const step = edgeStep({ above, isLeft: planned.isLeft, rowShare }, code, point);
      table[slot * NODE_DOUBLES + code + lane] = step.ratio;
      table[slot * NODE_DOUBLES + DELTA + code + lane] = step.delta;
    }
  });
}

function fillLeaf(
  table: Float64Array,
  forest: CompiledForest,
  { planned, isLeft, slot, lanes }: NodePlace & { isLeft: boolean },
): void {
  const leaf = isLeft ? planned.node + 1 : (forest.right[planned.node] as number);
  if ((forest.feature[leaf] as number) !== LEAF) return;
  const rowShare = (forest.sampleCount[leaf] as number) / (forest.sampleCount[planned.node] as number);
  lanes.points.forEach((point, lane) => {
    const weighted = (lanes.weights[lane] as number) * (forest.pathLength[leaf] as number);
    for (const code of [FAILED, WENT_LEFT, WENT_RIGHT]) {
      const { ratio, delta } = edgeStep({ above: planned, isLeft, rowShare }, code, point);
      const cell = slot * NODE_DOUBLES + code + lane;
      table[cell + LEAF_VALUE] = (table[cell + LEAF_VALUE] as number) + weighted * ratio * delta;
      table[cell + LEAF_SUM] = (table[cell + LEAF_SUM] as number) + weighted * ratio;
    }
  });
}

/**
 * What one edge does at quadrature point t. A player with share z of rows and indicator o (1 = the row meets all its
 * conditions so far) has the factor f = z (1 - t) + o t and the coefficient (o - z) / f.
 */
function edgeStep(
  { above, isLeft, rowShare }: { above: PlannedNode; isLeft: boolean; rowShare: number },
  code: number,
  t: number,
): { ratio: number; delta: number } {
  // Once failed, f shrinks by the rows' share and the coefficient stays -1 / (1 - t).
  if (code === FAILED) return { ratio: rowShare, delta: 0 };
  const meets = (code === WENT_LEFT) === isLeft ? 1 : 0;
  const oldFactor = above.share * (1 - t) + t;
  const newShare = above.share * rowShare;
  const newFactor = newShare * (1 - t) + meets * t;
  return {
    ratio: newFactor / oldFactor,
    delta: (meets - newShare) / newFactor - (1 - above.share) / oldFactor,
  };
}
