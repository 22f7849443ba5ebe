import type { DistributionView } from '../statistics/distribution-view.js';
import { FEATURE_COUNT } from './evidence-features.js';
import { ASPECT_AT, type Point, TAIL_AT } from './point.js';

/** Quantiles that a table holds: levels 2 %, 5 %, ... 98 %. A third of them rank as well as all of 2 %, 3 %, ... */
export const TAIL_LEVELS = 33;
/** Surprise is clipped here, to stay finite. The methods count it up to 30 (1 in 10^13); explanations rank by what lies beyond. */
export const MAX_SURPRISE = 1e6;

const FIRST_LEVEL = 0.02;
const LEVEL_STEP = 0.03;
const LAST = TAIL_LEVELS - 1;
/** Places of the mean excesses below the 2 % and above the 98 % point in a table, behind its quantiles. */
const LOWER = TAIL_LEVELS;
const UPPER = TAIL_LEVELS + 1;
/** Place of the number of points that either tail is known by. */
const BEYOND = TAIL_LEVELS + 2;
/** Numbers of one table. */
const STRIDE = TAIL_LEVELS + 3;
/** Smallest mean excess of a tail, in units of the series' scale. */
const EXCESS_FLOOR = 0.02;
/** Surprise at the 2 % and 98 % points, where the inside and the exponential tails meet. */
const EDGE_SURPRISE = -Math.log(2 * FIRST_LEVEL);

/**
 * The distributions of a series' aspects frozen for tail questions: per aspect the quantiles at 2 %, 5 %, ... 98 %, ascending, the mean excess of
 * either tail, in the unit of the aspect, > 0, and the number of points beyond either edge, >= 1. NaN where an aspect has none yet. One array,
 * 1.1 KB a series.
 */
export type TailTables = Float64Array;

/** Numbers of all tables of a series. */
export const TAIL_CELLS = FEATURE_COUNT * STRIDE;

/** Returns tables without any distribution. */
export function noTails(): TailTables {
  return new Float64Array(TAIL_CELLS).fill(Number.NaN);
}

/** Returns whether aspect k has a distribution. */
export function hasTail(tables: TailTables, k: number): boolean {
  return !Number.isNaN(tables[k * STRIDE] as number);
}

/**
 * Writes the table of aspect k from a distribution that is not empty. O(levels log centroids).
 * @param scale unit of the floor under the excesses, > 0
 */
export function writeTail(tables: TailTables, k: number, view: DistributionView, scale: number): void {
  const base = k * STRIDE;
  for (let i = 0; i < TAIL_LEVELS; i++) tables[base + i] = view.quantile(levelOf(i));
  const floor = EXCESS_FLOOR * scale;
  tables[base + LOWER] = Math.max(view.tailExcess(levelOf(0), 'lower'), floor);
  tables[base + UPPER] = Math.max(view.tailExcess(levelOf(LAST), 'upper'), floor);
  tables[base + BEYOND] = Math.max(1, FIRST_LEVEL * view.count);
}

/**
 * Writes into the point the two-sided surprise of the value x of its aspect k, 0..10^6: -log(min(1, 2 min(P(<= x), P(>= x)))) between the 2 % and
 * 98 % points; outside -log(.04) and that of an exponential tail whose mean is known from k points, (1 + distance / (k mean excess))^-k: its
 * predictive distribution, heavy while they are few and exponential once they are many. A mean of the first 30 points, taken for known, would call
 * what they happened not to show one in a million. Any value that makes up half of the history is worth 0.
 * The aspect must have a distribution. Allocates nothing.
 */
export function measureTail(tables: TailTables, k: number, point: Point): void {
  const base = k * STRIDE;
  const x = point[ASPECT_AT[k] as number] as number;
  const below = (tables[base] as number) - x;
  const above = x - (tables[base + LAST] as number);
  if (above > 0 || below > 0) {
    const excess =
      above > 0 ? above / (tables[base + UPPER] as number) : below / (tables[base + LOWER] as number);
    const beyond = tables[base + BEYOND] as number;
    point[TAIL_AT + k] = Math.min(MAX_SURPRISE, EDGE_SURPRISE + beyond * Math.log1p(excess / beyond));
  } else {
    measureInside(tables, k, point);
  }
}

/** The surprise between the 2 % and 98 % points. */
function measureInside(tables: TailTables, k: number, point: Point): void {
  const base = k * STRIDE;
  const x = point[ASPECT_AT[k] as number] as number;
  let left = 0;
  for (let end = LAST; left < end; ) {
    const middle = (left + end + 1) >> 1;
    if ((tables[base + middle] as number) <= x) left = middle;
    else end = middle - 1;
  }
  const value = tables[base + left] as number;
  let atOrBelow = levelOf(left);
  let atOrAbove: number;
  if (value === x) {
    let first = left;
    while (first > 0 && tables[base + first - 1] === x) first--;
    atOrAbove = 1 - levelOf(first);
  } else {
    const next = tables[base + left + 1] as number;
    atOrBelow += (LEVEL_STEP * (x - value)) / (next - value);
    atOrAbove = 1 - atOrBelow;
  }
  const share = 2 * Math.min(atOrBelow, atOrAbove);
  point[TAIL_AT + k] = share >= 1 ? 0 : -Math.log(share);
}

function levelOf(index: number): number {
  return FIRST_LEVEL + LEVEL_STEP * index;
}
