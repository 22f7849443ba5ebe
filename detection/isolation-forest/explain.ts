import { expectedPathLength, expectedPathLengthSteps } from './expectation.js';
import type { CompiledForest } from './forest.js';
import { buildPathExplainer } from './path-explainer.js';
import { requireBatch, roundToFloat32, sumPathLengths } from './score.js';
import { finish, type Steps } from './steps.js';
import { buildTabulatedExplainer, tabulatedBytes } from './tabulated-explainer.js';

/** Rows to explain. */
export interface Batch {
  /** Row-major, featureCount values each, already rounded where the forest casts. */
  readonly rows: Float64Array;
  readonly count: number;
  /** Per row: sum over the trees of the path lengths. */
  readonly pathLengthSums: Float64Array;
}

/** Features as players, or groups of them. */
export interface Players {
  /** Per feature its player. */
  readonly of: Int32Array;
  readonly count: number;
}

/** Adds the Shapley values of the sum over the trees of the path lengths; what all algorithms implement. */
export interface ShapleySummer {
  /** Bytes of the tables. */
  readonly tableBytes: number;
  /** True when WebAssembly does the work. */
  readonly vectorised: boolean;
  /** Adds into out[row * playerCount + player]; out holds zeros before. */
  addShapley(batch: Batch, out: Float64Array): void;
}

/** Explains path lengths of one forest. Keeps scratch memory: use it from one call at a time. */
export interface Explainer {
  /** Mean path length when nothing of a row is known, in edges. */
  readonly expectedValue: number;
  /** Values per row in `outShap`: featureCount, or the number of groups. */
  readonly playerCount: number;
  /** Which algorithm was chosen; all are exact. */
  readonly method: Method;
  readonly tableBytes: number;
  /** True when WebAssembly does the work; the values are the same, bit for bit, when it does not. */
  readonly vectorised: boolean;
  /**
   * Writes for each of the first `count` rows (row-major, featureCount values each) the Shapley values of its
   * mean path length, in edges, to outShap (row-major, playerCount each) and the mean path length to outPathLength.
   * Negative = shortens the path = pushes towards anomaly. expectedValue + sum of the values = path length within 1e-9.
   * A row's values do not depend on the batch, bit for bit; batches of 16 and more cost least per row. Allocates nothing per
   * row. Throws a RangeError when an array is too short.
   */
  explainBatch(rows: Float64Array, count: number, outShap: Float64Array, outPathLength: Float64Array): void;
}

/** `tabulated`: up to 4 features. `path`: any number of players. `single`: one group, which is given all there is. */
export type Method = 'tabulated' | 'path' | 'single';

/** Options of `createExplainer`. */
export interface ExplainerOptions {
  /**
   * Per feature its player, 0..groups-1 without gaps: the features of a player are known or unknown together, so that the
   * several statistics of one metric get one fair value. Default: each feature is a player.
   */
  readonly groups?: Int32Array;
  /** Bound on the tables of the tabulated algorithm, bytes; above it the path algorithm is used. Default 64 MiB. */
  readonly maximumTableBytes?: number;
  /** False keeps the path algorithm from WebAssembly: slower, and the same bits. Default true. */
  readonly vectorised?: boolean;
}

const DEFAULT_TABLE_BYTES = 64 * 1024 * 1024;

/**
 * Returns an explainer of exact path-dependent TreeSHAP values (Lundberg et al. 2020), equal to shap.TreeExplainer's
 * for scikit-learn's IsolationForest. Takes 20 to 100 ms for 100 trees; `explainerSteps` does it bit by bit.
 * Throws a RangeError for groups that do not fit the features, and for tables above 2 GiB.
 */
export function createExplainer(forest: CompiledForest, options: ExplainerOptions = {}): Explainer {
  return finish(explainerSteps(forest, options));
}

/** Like `createExplainer`; a step builds the tables of about one tree. */
export function* explainerSteps(forest: CompiledForest, options: ExplainerOptions = {}): Steps<Explainer> {
  const players = playersOf(forest, options.groups);
  const method = chooseMethod(forest, options, players);
  let summer: ShapleySummer;
  if (method === 'single') summer = createSingleSummer(forest);
  else if (method === 'tabulated') summer = yield* buildTabulatedExplainer(forest);
  else summer = yield* buildPathExplainer(forest, players, options.vectorised ?? true);
  const expectedValue = yield* expectedPathLengthSteps(forest);
  let rounded = new Float64Array(0);
  return {
    expectedValue,
    playerCount: players.count,
    method,
    tableBytes: summer.tableBytes,
    vectorised: summer.vectorised,
    explainBatch: (rows, count, outShap, outPathLength) => {
      requireBatch(forest, rows, count);
      const valueCount = count * players.count;
      if (outShap.length < valueCount || outPathLength.length < count) {
        throw new RangeError(`explaining batch: no room for ${count} rows of ${players.count} values`);
      }
      if (forest.castsToFloat32) rounded = roundToFloat32(rows, count * forest.featureCount, rounded);
      const compared = forest.castsToFloat32 ? rounded : rows;
      outShap.fill(0, 0, valueCount);
      sumPathLengths(forest, compared, count, outPathLength);
      summer.addShapley({ rows: compared, count, pathLengthSums: outPathLength }, outShap);
      divide(outShap, valueCount, forest.treeCount);
      divide(outPathLength, count, forest.treeCount);
    },
  };
}

function chooseMethod(forest: CompiledForest, options: ExplainerOptions, players: Players): Method {
  const { groups, maximumTableBytes = DEFAULT_TABLE_BYTES } = options;
  if (groups !== undefined) return players.count === 1 ? 'single' : 'path';
  return tabulatedBytes(forest) <= maximumTableBytes ? 'tabulated' : 'path';
}

/** All of the difference belongs to the only player: no tables. */
function createSingleSummer(forest: CompiledForest): ShapleySummer {
  const empty = expectedPathLength(forest) * forest.treeCount;
  return {
    tableBytes: 0,
    vectorised: false,
    addShapley: ({ count, pathLengthSums }, out) => {
      for (let row = 0; row < count; row += 1) out[row] = (pathLengthSums[row] as number) - empty;
    },
  };
}

/**
 * Returns the largest |expectedValue + sum of the Shapley values - path length| over the first `count` rows, in edges: 0 up
 * to rounding (1e-12), so a sample of live rows shows at once when tables and forest do not belong together.
 */
export function additivityGap(
  explainer: Explainer,
  shap: Float64Array,
  lengths: Float64Array,
  count: number,
): number {
  let gap = 0;
  for (let row = 0; row < count; row += 1) {
    let sum = explainer.expectedValue;
    for (let i = 0; i < explainer.playerCount; i += 1) sum += shap[row * explainer.playerCount + i] as number;
    gap = Math.max(gap, Math.abs(sum - (lengths[row] as number)));
  }
  return gap;
}

function divide(values: Float64Array, length: number, divisor: number): void {
  for (let i = 0; i < length; i += 1) values[i] = (values[i] as number) / divisor;
}

function playersOf({ featureCount }: CompiledForest, groups: Int32Array | undefined): Players {
  if (groups === undefined) {
    return { of: Int32Array.from({ length: featureCount }, (_, feature) => feature), count: featureCount };
  }
  const players = new Set(groups);
  const isGapless = Array.from({ length: players.size }).every((_, player) => players.has(player));
  if (groups.length !== featureCount || !isGapless) {
    throw new RangeError(`making explainer: groups do not map ${featureCount} features to 0..players-1`);
  }
  return { of: groups, count: players.size };
}
