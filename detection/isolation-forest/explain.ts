import { expectedPathLength } from './expectation.js';
import type { CompiledForest } from './forest.js';
import { buildPathExplainer } from './path-explainer.js';
import { requireBatch, roundToFloat32, sumPathLengths } from './score.js';
import { createTabulatedExplainer, tabulatedBytes } from './tabulated-explainer.js';

/** Rows to explain. */
export interface Batch {
  /** Row-major, featureCount values each, already rounded where the forest casts. */
  readonly rows: Float64Array;
  readonly count: number;
  /** Per row: sum over the trees of the path lengths. */
  readonly pathLengthSums: Float64Array;
}

/** Adds the Shapley values of the sum over the trees of the path lengths; what both algorithms implement. */
export interface ShapleySummer {
  /** Bytes of the tables. */
  readonly tableBytes: number;
  /** Adds into out[row * playerCount + player]; out holds zeros before. */
  addShapley(batch: Batch, out: Float64Array): void;
}

/** Explains path lengths of one forest. Keeps scratch memory: use it from one call at a time. */
export interface Explainer {
  /** Mean path length when nothing of a row is known, in edges. */
  readonly expectedValue: number;
  /** Values per row in `outShap`: featureCount, or the number of groups. */
  readonly playerCount: number;
  /** Which algorithm was chosen; both are exact. */
  readonly method: 'tabulated' | 'path';
  readonly tableBytes: number;
  /**
   * Writes for each of the first `count` rows (row-major, featureCount values each) the Shapley values of its
   * mean path length, in edges, to outShap (row-major, playerCount each) and the mean path length to outPathLength.
   * Negative = shortens the path = pushes towards anomaly. expectedValue + sum of the values = path length within 1e-9.
   * Faster per row in batches of 64 and more. Throws a RangeError when an array is too short.
   */
  explainBatch(rows: Float64Array, count: number, outShap: Float64Array, outPathLength: Float64Array): void;
}

/** Options of `createExplainer`. */
export interface ExplainerOptions {
  /**
   * Per feature its player, 0..groups-1 without gaps: the features of a player are known or unknown together, so that the
   * several statistics of one metric get one fair value. Default: each feature is a player.
   */
  readonly groups?: Int32Array;
  /** Bound on the tables of the tabulated algorithm, bytes; above it the path algorithm is used. Default 64 MiB. */
  readonly maximumTableBytes?: number;
}

const DEFAULT_TABLE_BYTES = 64 * 1024 * 1024;

/**
 * Returns an explainer of exact path-dependent TreeSHAP values (Lundberg et al. 2020), equal to shap.TreeExplainer's
 * for scikit-learn's IsolationForest. Up to 4 features without groups, all coalitions are tabulated when the tables stay within
 * `maximumTableBytes`; else the path algorithm. Throws a RangeError for groups that do not fit the features.
 */
export function createExplainer(forest: CompiledForest, options: ExplainerOptions = {}): Explainer {
  const { groups, maximumTableBytes = DEFAULT_TABLE_BYTES } = options;
  const playerCount = groups === undefined ? forest.featureCount : countPlayers(forest, groups);
  const isTabulated = groups === undefined && tabulatedBytes(forest) <= maximumTableBytes;
  const players = groups ?? Int32Array.from({ length: forest.featureCount }, (_, feature) => feature);
  const summer = isTabulated
    ? createTabulatedExplainer(forest)
    : finish(buildPathExplainer(forest, { of: players, count: playerCount }, true));
  return {
    expectedValue: expectedPathLength(forest),
    playerCount,
    method: isTabulated ? 'tabulated' : 'path',
    tableBytes: summer.tableBytes,
    explainBatch: (rows, count, outShap, outPathLength) => {
      requireBatch(forest, rows, count);
      if (outShap.length < count * playerCount || outPathLength.length < count) {
        throw new RangeError(`explaining batch: no room for ${count} rows of ${playerCount} values`);
      }
      const compared = forest.castsToFloat32 ? roundToFloat32(rows, count * forest.featureCount) : rows;
      outShap.fill(0, 0, count * playerCount);
      sumPathLengths(forest, compared, count, outPathLength);
      summer.addShapley({ rows: compared, count, pathLengthSums: outPathLength }, outShap);
      divide(outShap, count * playerCount, forest.treeCount);
      divide(outPathLength, count, forest.treeCount);
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

function countPlayers(forest: CompiledForest, groups: Int32Array): number {
  const players = new Set(groups);
  const isGapless = Array.from({ length: players.size }).every((_, player) => players.has(player));
  if (groups.length !== forest.featureCount || !isGapless) {
    throw new RangeError(
      `making explainer: groups do not map ${forest.featureCount} features to 0..players-1`,
    );
  }
  return players.size;
}

export function finish<T>(steps: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
