import { contentHash } from '../../common/registry/content-hash.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { importSklearnForest } from '../../detection/isolation-forest/sklearn-import.js';
import { encodeForest } from '../../detection/isolation-forest/state.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { RAW_FOREST, unnamedFeatures } from '../raw-forest.js';
import { badModel, type SklearnFile } from './sklearn-json.js';

export interface ImportOptions {
  /** Group that the model is for. */
  readonly group: string;
  /** Creation time, milliseconds since the epoch; part of the version. */
  readonly created: number;
}

/**
 * Returns the model of a scikit-learn forest: the same `score_samples` (negated) and the same SHAP values. Its one method is calibrated
 * as the identity with -offset as boundary, so that the score is above 0.5 exactly where scikit-learn predicts -1. What the file
 * does not say (training range, hosts, seed) is empty. Throws BAD_MODEL for trees that are no trees.
 */
export function sklearnModel(file: SklearnFile, { group, created }: ImportOptions): ModelVersion {
  const forest = compiledForest(file);
  const names = file.featureNames ?? unnamedFeatures(file.n_features);
  const boundary = -file.offset;
  const content = {
    kind: RAW_FOREST,
    features: names.map((metric) => ({ metric, statistic: 'value', window: 0, centre: 0, scale: 1 })),
    scaling: [],
    forest: Buffer.from(encodeForest(forest)),
    calibration: [{ method: 'iforest', median: 0, q99: 1, threshold: boundary }],
    threshold: boundary,
    subsampleSize: forest.subsampleSize,
  };
  const hash = contentHash(content);
  return {
    ...content,
    model: `iforest.${group}`,
    version: `v${created}-${hash.slice(0, 8)}`,
    group,
    provisional: false,
    trees: forest.treeCount,
    seed: 0,
    contamination: 0,
    driftBlockMs: 0,
    driftWindowBlocks: 0,
    reference: [],
    trainedFrom: 0,
    trainedTo: 0,
    rows: 0,
    hosts: [],
    metrics: {},
    dataFingerprint: '',
    parent: null,
    gitCommit: null,
    created,
    contentHash: hash,
  };
}

function compiledForest(file: SklearnFile): CompiledForest {
  try {
    return importSklearnForest(file);
  } catch (error) {
    if (error instanceof RangeError) throw badModel(error.message, error);
    throw error;
  }
}
