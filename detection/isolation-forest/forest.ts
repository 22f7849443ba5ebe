/** Marks a leaf in `CompiledForest.feature`. */
export const LEAF = -1;

/**
 * An isolation forest as flat arrays over the nodes of all trees: what the scorer and the explainers read and
 * what is stored in a model. The nodes of one tree lie next to each other in preorder, so the left child of
 * inner node `i` is always `i + 1`, children come after their parent, and a cycle cannot be written down.
 * Build it with `ForestBuilder`; treat it as immutable.
 */
export interface CompiledForest {
  /** Number of values in a row. */
  readonly featureCount: number;
  readonly treeCount: number;
  /** psi: rows that every tree was grown from; normalises the score. */
  readonly subsampleSize: number;
  /**
   * True when a row is rounded to float32 before it is compared (scikit-learn does so), which decides on
   * which side of a split a value within 1e-7 of it falls. False for the forests that we grow.
   */
  readonly castsToFloat32: boolean;
  /** Length treeCount + 1: tree t is the nodes `roots[t]` to `roots[t + 1] - 1`. */
  readonly roots: Int32Array;
  /** Per node: column that is compared, or `LEAF`. */
  readonly feature: Int32Array;
  /** Per inner node: a row goes left when `x <= threshold`, else right (NaN goes right). 0 in leaves. */
  readonly threshold: Float64Array;
  /** Per inner node: index of the right child. 0 in leaves. */
  readonly right: Int32Array;
  /** Per node: rows of the tree's subsample that reach it, at least 1. */
  readonly sampleCount: Int32Array;
  /** Per leaf: depth + c(sampleCount), in edges. 0 in inner nodes. */
  readonly pathLength: Float64Array;
  /** Per node: column that is compared, 0 in leaves: a walk without branches compares there too, and stays. */
  readonly column: Int32Array;
  /** Per node two: the left and the right child of an inner node, twice the leaf itself. */
  readonly child: Int32Array;
  /** Per tree: depth of its deepest leaf, in edges. */
  readonly heights: Int32Array;
}

const EULER_MASCHERONI = 0.5772156649015329;

/**
 * Mean path length of an unsuccessful search in a binary search tree of `sampleCount` keys, in edges:
 * c(n) = 2 H(n-1) - 2 (n-1)/n with H(k) = ln k + 0.5772156649 (Liu, Ting, Zhou 2008, equation 1), and by
 * convention c(0) = c(1) = 0, c(2) = 1. c(256) = 10.2448.
 */
export function averagePathLength(sampleCount: number): number {
  if (sampleCount <= 1) return 0;
  if (sampleCount === 2) return 1;
  return 2 * (Math.log(sampleCount - 1) + EULER_MASCHERONI) - (2 * (sampleCount - 1)) / sampleCount;
}

/**
 * Anomaly score 2^(-E/c(psi)) in (0, 1], higher = stranger, 0.5 = as deep as an average row (Liu, Ting, Zhou
 * 2008, equation 2; the negative of scikit-learn's `score_samples`). A subsample of one row says nothing about
 * strangeness: 0.5 then, as in scikit-learn, instead of 0/0.
 */
export function anomalyScore(meanPathLength: number, subsampleSize: number): number {
  return scoreOfLength(meanPathLength, averagePathLength(subsampleSize));
}

/** The same, with c(psi) at hand: for whoever scores many rows of one forest. */
export function scoreOfLength(meanPathLength: number, normal: number): number {
  return normal === 0 ? 0.5 : 2 ** (-meanPathLength / normal);
}
