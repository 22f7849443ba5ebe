import { type CompiledForest, LEAF } from './forest.js';
import { finish, type Steps } from './steps.js';

/**
 * Returns the mean path length of the forest when nothing of a row is known, in edges: per tree the mean of the leaves'
 * path lengths weighted by their rows (shap's `expected_value` of an IsolationForest). O(nodes).
 */
export function expectedPathLength(forest: CompiledForest): number {
  return finish(expectedPathLengthSteps(forest));
}

/** As {@link expectedPathLength}; a step reads one tree. */
export function* expectedPathLengthSteps(forest: CompiledForest): Steps<number> {
  const { feature, sampleCount, pathLength, roots, treeCount } = forest;
  let total = 0;
  for (let tree = 0; tree < treeCount; tree += 1) {
    const root = roots[tree] as number;
    let sum = 0;
    for (let node = root; node < (roots[tree + 1] as number); node += 1) {
      if ((feature[node] as number) === LEAF)
        sum += (sampleCount[node] as number) * (pathLength[node] as number);
    }
    total += sum / (sampleCount[root] as number);
    yield;
  }
  return total / treeCount;
}
