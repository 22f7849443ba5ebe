import type { Batch } from './explain.js';
import { shapleyWeights } from './shapley-weights.js';

/** Rows whose coalitions are added up together. */
export interface CoalitionBlock extends Batch {
  /** First row and number of rows. */
  readonly start: number;
  readonly size: number;
}

/** Per coalition (bit mask) and row of a block: what the trees together expect when exactly its members are known. */
export type CoalitionSums = readonly Float64Array[];

/** Returns sums of zeros for all coalitions of so many players. */
export function createCoalitionSums(players: number, blockRows: number): CoalitionSums {
  return Array.from({ length: 2 ** players }, () => new Float64Array(blockRows));
}

/** Returns the coalitions of 2 to players - 1 members, each a rising list: those that need a table per tree. */
export function middleCoalitions(players: number): number[][] {
  const all = Array.from({ length: 2 ** players }, (_, mask) =>
    Array.from({ length: players }, (_, player) => player).filter((player) => (mask >>> player) & 1),
  );
  return all.filter((members) => members.length > 1 && members.length < players);
}

/** Returns a function that adds a block's Shapley values to `out`; `empty` is what the trees expect when nothing is known. */
export function createShapleyWriter(
  players: number,
  empty: number,
): (sums: CoalitionSums, block: CoalitionBlock, out: Float64Array) => void {
  const weights = shapleyWeights(players);
  const full = 2 ** players - 1;
  return (sums, { start, size, pathLengthSums }, out) => {
    for (let i = 0; i < size; i += 1) {
      const whole = pathLengthSums[start + i] as number;
      for (let player = 0; player < players; player += 1) {
        const base = player * (full + 1);
        let value = (weights[base] as number) * empty + (weights[base + full] as number) * whole;
        for (let mask = 1; mask < full; mask += 1) {
          value += (weights[base + mask] as number) * ((sums[mask] as Float64Array)[i] as number);
        }
        const at = (start + i) * players + player;
        out[at] = (out[at] as number) + value;
      }
    }
  };
}
