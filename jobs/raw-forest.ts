import type { ModelVersion } from '../schemas/model-version.js';

/** Kind of a model whose forest reads the values of a row as they are, without windows or scaling: an imported one. */
export const RAW_FOREST = 'raw-isolation-forest';

/** Returns the names of the features of a forest that has none: feature_0, feature_1, ... */
export function unnamedFeatures(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `feature_${i}`);
}

/** Returns whether the features of a model were never given names of their own. */
export function isUnnamed({ features }: Pick<ModelVersion, 'features'>): boolean {
  return unnamedFeatures(features.length).every((name, i) => features[i]?.metric === name);
}
