import type { DistributionView } from '../statistics/distribution-view.js';

/** Quantiles that a table holds: levels 2 %, 3 %, ... 98 %. */
export const TAIL_LEVELS = 97;
/** Surprise is clipped here, to stay finite. The methods count it up to 30 (1 in 10^13); explanations rank by what lies beyond. */
export const MAX_SURPRISE = 1e6;

const FIRST_LEVEL = 0.02;
const LEVEL_STEP = 0.01;
const LAST = TAIL_LEVELS - 1;
/** Smallest mean excess of a tail, in units of the series' scale. */
const EXCESS_FLOOR = 0.02;
/** Surprise at the 2 % and 98 % points, where the inside and the exponential tails meet. */
const EDGE_SURPRISE = -Math.log(2 * FIRST_LEVEL);

/** The distribution of a series frozen for tail questions: 776 bytes of quantiles and two exponential tails. */
export interface TailTable {
  /** Quantiles at 2 %, 3 %, ... 98 %, ascending. */
  readonly quantiles: Float64Array;
  /** Mean excess below the 2 % point, in the unit of the series; > 0. */
  readonly lowerExcess: number;
  /** Mean excess above the 98 % point, in the unit of the series; > 0. */
  readonly upperExcess: number;
}

/**
 * Returns the table of a distribution that is not empty. O(levels log centroids).
 * @param scale unit of the floor under the excesses, > 0
 */
export function tailTable(view: DistributionView, scale: number): TailTable {
  const quantiles = new Float64Array(TAIL_LEVELS);
  for (let i = 0; i < TAIL_LEVELS; i++) quantiles[i] = view.quantile(levelOf(i));
  const floor = EXCESS_FLOOR * scale;
  return {
    quantiles,
    lowerExcess: Math.max(view.tailExcess(levelOf(0), 'lower'), floor),
    upperExcess: Math.max(view.tailExcess(levelOf(LAST), 'upper'), floor),
  };
}

/**
 * Returns the two-sided surprise of x, 0..10^6: -log(min(1, 2 min(P(<= x), P(>= x)))) between the 2 % and 98 % points;
 * outside -log(.04) + distance / mean excess, an exponential tail. Any value that makes up half of the series is worth 0.
 * @param x finite
 */
export function tailSurprise(table: TailTable, x: number): number {
  const { quantiles } = table;
  const low = quantiles[0] as number;
  const high = quantiles[LAST] as number;
  if (x > high) return Math.min(MAX_SURPRISE, EDGE_SURPRISE + (x - high) / table.upperExcess);
  if (x < low) return Math.min(MAX_SURPRISE, EDGE_SURPRISE + (low - x) / table.lowerExcess);
  const left = lastAtOrBelow(quantiles, x);
  const value = quantiles[left] as number;
  let atOrBelow = levelOf(left);
  let atOrAbove: number;
  if (value === x) {
    atOrAbove = 1 - levelOf(firstAtOrAbove(quantiles, x));
  } else {
    const next = quantiles[left + 1] as number;
    atOrBelow += (LEVEL_STEP * (x - value)) / (next - value);
    atOrAbove = 1 - atOrBelow;
  }
  const share = 2 * Math.min(atOrBelow, atOrAbove);
  return share >= 1 ? 0 : -Math.log(share);
}

function levelOf(index: number): number {
  return FIRST_LEVEL + LEVEL_STEP * index;
}

function lastAtOrBelow(quantiles: Float64Array, x: number): number {
  let low = 0;
  let high = LAST;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((quantiles[middle] as number) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

function firstAtOrAbove(quantiles: Float64Array, x: number): number {
  let low = 0;
  let high = LAST;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((quantiles[middle] as number) >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}
