import { z } from 'zod';
import { TidewatchError } from '../../common/errors.js';
import type { SklearnForest } from '../../detection/isolation-forest/sklearn-import.js';

const whole = z.number().int();

const treeSchema = z.object({
  children_left: z.array(whole),
  children_right: z.array(whole),
  feature: z.array(whole),
  threshold: z.array(z.number()),
  n_node_samples: z.array(whole),
});

const forestSchema = z.object({
  n_features: whole.min(1).max(65_534),
  max_samples: whole.min(1),
  trees: z.array(treeSchema).min(1).max(10_000),
  /** scikit-learn's `offset_`: rows whose `score_samples` lie below it are anomalies. */
  offset: z.number().min(-1).lt(0).default(-0.5),
  feature_names: z.array(z.string().min(1)).optional(),
});

/** A forest as `examples/export_sklearn.py` writes it. */
export interface SklearnFile extends SklearnForest {
  readonly offset: number;
  /** One name per feature, distinct; null when the file has none. */
  readonly featureNames: readonly string[] | null;
}

/** Returns the forest of a JSON text; unknown fields are passed over. Throws BAD_MODEL with every problem of its shape. */
export function readSklearnJson(text: string): SklearnFile {
  const parsed = forestSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 5);
    throw badModel(problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  const { feature_names: names = null, ...forest } = parsed.data;
  if (names !== null && names.length !== forest.n_features)
    throw badModel(`feature_names has ${names.length} names for ${forest.n_features} features`);
  if (names !== null && new Set(names).size < names.length) throw badModel('feature_names has a name twice');
  return { ...forest, featureNames: names };
}

/** Returns the error for a file that holds no usable forest. */
export function badModel(reason: string, cause?: unknown): TidewatchError {
  return new TidewatchError({
    code: 'BAD_MODEL',
    retriable: false,
    message: `reading a scikit-learn forest: ${reason}`,
    cause,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badModel('the file is no JSON', error);
  }
}
