import { linearQuantile } from '../statistics/quantile.js';

/**
 * Returns the edges of `bins` bins of equal mass of the ascending values. A value that fills more than one bin (a repeated
 * quantile) gets a bin of its own: an edge at it and one at the next smaller double, so that "all zero" and "a little above zero" stay apart.
 * Between 1 and 2 (bins - 1) edges.
 */
export function quantileEdges(ascending: Float64Array, bins: number): Float64Array {
  const edges: number[] = [];
  let repeated = false;
  for (let i = 1; i < bins; i++) {
    const edge = linearQuantile(ascending, i / bins);
    const last = edges[edges.length - 1];
    if (edge !== last) {
      edges.push(edge);
      repeated = false;
    } else if (!repeated) {
      const below = nextBelow(edge);
      if (edges[edges.length - 2] !== below) edges.splice(edges.length - 1, 0, below);
      repeated = true;
    }
  }
  return Float64Array.from(edges);
}

/** Distances of the outer edges from the outermost quantiles, in spreads. */
const OUTER_STEPS = [1, 2, 4, 8, 16, 32];

/**
 * Returns the edges with six more on each side, at growing distance. The reference has next to no rows there; they are for states that
 * come later: two different ones far above training would both fill the last quantile bin and look the same.
 * @param spread > 0, the metric's usual width
 */
export function withOuterEdges(edges: Float64Array, spread: number): Float64Array {
  const first = edges[0];
  const last = edges[edges.length - 1];
  if (first === undefined || last === undefined) return edges;
  const below = OUTER_STEPS.map((step) => first - step * spread).reverse();
  const above = OUTER_STEPS.map((step) => last + step * spread);
  return Float64Array.from([...below, ...edges, ...above]).filter(
    (edge, i, all) => i === 0 || edge > (all[i - 1] as number),
  );
}

/** The largest double below a finite x. */
function nextBelow(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  const value = Float64Array.of(x);
  const bits = new BigInt64Array(value.buffer);
  bits[0] = (bits[0] ?? 0n) + (x > 0 ? -1n : 1n);
  return value[0] as number;
}
