/**
 * Returns the Shapley values as a linear map of a game's values: phi_i = sum over coalitions S of
 * weights[i * 2^n + S] v(S), S as bit mask; +(|S|-1)!(n-|S|)!/n! where i is in S, -|S|!(n-|S|-1)!/n! where it is not
 * (Shapley 1953). Length n 2^n: for few players.
 */
export function shapleyWeights(players: number): Float64Array {
  const coalitions = 2 ** players;
  const weights = new Float64Array(players * coalitions);
  for (let player = 0; player < players; player += 1) {
    for (let mask = 0; mask < coalitions; mask += 1) {
      const size = countBits(mask);
      const isIn = ((mask >>> player) & 1) === 1;
      const before = isIn ? size - 1 : size;
      const share = (factorial(before) * factorial(players - 1 - before)) / factorial(players);
      weights[player * coalitions + mask] = isIn ? share : -share;
    }
  }
  return weights;
}

function countBits(mask: number): number {
  return mask === 0 ? 0 : (mask & 1) + countBits(mask >>> 1);
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
