import { type CompiledForest, LEAF } from '../../../detection/isolation-forest/forest.js';

/**
 * Shapley values of the mean path length by their definition: all coalitions of players, the value of each by walking the
 * trees (a known feature decides, an unknown one averages by rows). Exponential in the players: for small forests.
 */
export function shapleyByDefinition(
  forest: CompiledForest,
  row: ArrayLike<number>,
  players: ArrayLike<number>,
): number[] {
  const count = 1 + Math.max(...Array.from(players));
  const values = Array.from({ length: 2 ** count }, (_, known) => expected(forest, row, players, known));
  return Array.from({ length: count }, (_, player) => {
    let value = 0;
    for (let known = 0; known < values.length; known += 1) {
      if ((known >>> player) & 1) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      value += weight * ((values[known | (1 << player)] as number) - (values[known] as number));
    }
    return value;
  });
}

function expected(
  forest: CompiledForest,
  row: ArrayLike<number>,
  players: ArrayLike<number>,
  known: number,
): number {
  const walk = (node: number): number => {
    const feature = forest.feature[node] as number;
    if (feature === LEAF) return forest.pathLength[node] as number;
    const left = node + 1;
    const right = forest.right[node] as number;
    if ((known >>> (players[feature] as number)) & 1) {
      return walk((row[feature] as number) <= (forest.threshold[node] as number) ? left : right);
    }
    const share = (forest.sampleCount[left] as number) / (forest.sampleCount[node] as number);
    return share * walk(left) + (1 - share) * walk(right);
  };
  const roots = Array.from(forest.roots).slice(0, -1);
  return roots.reduce((sum, root) => sum + walk(root), 0) / forest.treeCount;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
