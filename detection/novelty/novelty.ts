import { QuantileSketch } from '../statistics/quantile-sketch.js';
import { SeenPairs } from './seen-pairs.js';

/** What stands for the novelty of a row while too little is known: nothing is news to who knows nothing. */
export const COLD_NOVELTY = -1;
/** Distances from which on others are judged. */
export const LEAST_DISTANCES = 50;
/** Surprise is clipped here, to stay finite. */
export const MOST_NOVELTY = 1e6;

/** Where the exponential tail of the distances begins. */
const EDGE_LEVEL = 0.98;
const EDGE_SURPRISE = -Math.log(1 - EDGE_LEVEL);
/** Smallest mean excess of that tail, in units of the series: the floor under the long-run deviation too. A series that stands still has no other measure. */
const EXCESS_FLOOR = 0.005;
/** The tail is read off anew whenever it knows this share more: a hundred times in the first week of minutes, then hardly ever. */
const GROWTH = 1.02;
/** Compression of the distances' sketch: as of a series' readings. */
const COMPRESSION = 48;

/** All that the novelty of a series' rows depends on: under 8 KB. */
export interface NoveltyState {
  readonly pairs: SeenPairs;
  /** Distance of every row to the nearest one before it. */
  readonly distances: QuantileSketch;
  /** The newest value; NaN before the first. */
  before: number;
  /** 98 % point of the distances, and their mean excess over it; NaN before they are first read off. */
  edge: number;
  excess: number;
  /** Distances over the 98 % point when it was read off; 0 before. */
  beyond: number;
  /** Number of distances at which both are read off anew. */
  dueAt: number;
}

/** Returns the state of a series without rows. */
export function emptyNovelty(): NoveltyState {
  return {
    pairs: new SeenPairs(),
    distances: new QuantileSketch(COMPRESSION),
    before: Number.NaN,
    edge: Number.NaN,
    excess: Number.NaN,
    beyond: 0,
    dueAt: LEAST_DISTANCES,
  };
}

/**
 * Returns how surprising it is, in nats, that nothing so unlike all before it had come by now, and takes the row in: 0 for what was there before, -ln of the
 * share of rows that were as far from everything before them as this one is; beyond the 98 % point, 3.9, the predictive tail of
 * exponential excesses whose mean is known from k of them, (1 + x / (k mean))^-k: heavy while they are few. Under that point a straight line. At most 10^6; {@link COLD_NOVELTY} for the first rows.
 *
 * A lasting state is news once: its second row has a near neighbour, the first. So there is no refractory time, and no season to be learnt: what comes daily
 * was there yesterday. What has been there is never news again, however bad it was: evidence says that it is abnormal, this says that it is new.
 * O(kept pairs); allocates when the tail is read off.
 * @param value finite, at most 1e150 either way
 * @param scale unit of the series, > 0
 */
export function takeNovelty(state: NoveltyState, value: number, scale: number): number {
  const { before } = state;
  state.before = value;
  if (Number.isNaN(before)) return COLD_NOVELTY;
  const distance = state.pairs.take(value, before);
  if (distance === Number.POSITIVE_INFINITY) return COLD_NOVELTY;
  const surprise = surpriseOf(distance, state, scale);
  state.distances.add(distance);
  if (state.distances.count >= state.dueAt) readOffTail(state);
  return surprise;
}

function surpriseOf(distance: number, { edge, excess, beyond }: NoveltyState, scale: number): number {
  if (Number.isNaN(edge)) return COLD_NOVELTY;
  if (distance <= edge) return distance === 0 ? 0 : (EDGE_SURPRISE * distance) / edge;
  const ratio = (distance - edge) / Math.max(excess, EXCESS_FLOOR * scale);
  return Math.min(MOST_NOVELTY, EDGE_SURPRISE + beyond * Math.log1p(ratio / beyond));
}

function readOffTail(state: NoveltyState): void {
  const view = state.distances.view();
  state.edge = view.quantile(EDGE_LEVEL);
  state.excess = view.tailExcess(EDGE_LEVEL, 'upper');
  state.beyond = Math.max(1, Math.floor((1 - EDGE_LEVEL) * view.count));
  state.dueAt = Math.ceil(GROWTH * view.count);
}

/** Returns a state that was read back. @throws RangeError when no sequence of rows leads to its tail */
export function requireTail(state: NoveltyState): NoveltyState {
  const { before, edge, excess, beyond, dueAt, pairs, distances } = state;
  const isKnown =
    edge >= 0 && excess >= 0 && beyond >= 1 && distances.count >= LEAST_DISTANCES && isFiniteTail(state);
  const isUnknown = Number.isNaN(edge) && Number.isNaN(excess) && distances.count < LEAST_DISTANCES;
  const hasBegun = Number.isFinite(before) || pairs.count + distances.count === 0;
  // The sketch knows values of either sign; a distance has none.
  const areDistances = distances.count === 0 || (distances.min >= 0 && Number.isFinite(distances.max));
  if (!((isKnown || isUnknown) && hasBegun && areDistances && dueAt > distances.count))
    throw new RangeError('reading novelty: its numbers contradict themselves');
  return state;
}

/** Infinitely many distances beyond the edge would make novelty NaN. */
function isFiniteTail({ edge, excess, beyond, dueAt }: NoveltyState): boolean {
  return [edge, excess, beyond, dueAt].every(Number.isFinite);
}
