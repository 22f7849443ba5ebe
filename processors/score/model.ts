import { contentHashSteps } from '../../common/registry/content-hash.js';
import type { Calibration } from '../../detection/consensus/calibration.js';
import { createForestInputs, type ForestInputs } from '../../detection/detectors/forest-inputs.js';
import { forestExplainerSteps } from '../../detection/detectors/isolation-forest.js';
import type { Explainer } from '../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { decodeForestSteps } from '../../detection/isolation-forest/state.js';
import { finish, type Steps } from '../../detection/isolation-forest/steps.js';
import type { ModelVersion } from '../../schemas/model-version.js';

/** A model version made ready to score: what a scorer needs of it, decoded and checked once. */
export interface ScoringModel {
  readonly version: string;
  readonly group: string;
  /** Creation time, milliseconds since the epoch. */
  readonly created: number;
  readonly provisional: boolean;
  readonly forest: CompiledForest;
  readonly inputs: ForestInputs;
  /** Its players are `inputs.metrics`. Keeps scratch memory: one scorer at a time. */
  readonly explainer: Explainer;
  readonly calibration: readonly Calibration[];
  readonly threshold: number;
}

/** Why a model version is not used. The codes are stable: they label metrics and log lines. */
export type ModelRefusalCode =
  | 'MODEL_KIND_UNKNOWN'
  | 'MODEL_HASH_DIFFERS'
  | 'MODEL_FOREST_UNREADABLE'
  | 'MODEL_FEATURES_INVALID'
  | 'MODEL_CALIBRATION_INVALID';

export interface ModelRefusal {
  readonly ok: false;
  readonly code: ModelRefusalCode;
  readonly reason: string;
}

export type CompiledModel = { readonly ok: true; readonly model: ScoringModel } | ModelRefusal;

/** The kind of model that this scorer reads. */
export const ISOLATION_FOREST = 'isolation-forest';

/**
 * Returns the model ready to score, or why it is refused: whoever holds the previous version keeps it. The tables of the
 * explainer are built here (up to 0.3 s of CPU for 100 trees), so that the first event does not pay for them.
 */
export function compileModel(record: ModelVersion): CompiledModel {
  return finish(compileSteps(record));
}

/** Like `compileModel`, for whoever has other things to do in between: a step takes well under a millisecond. */
export function* compileSteps(record: ModelVersion): Steps<CompiledModel> {
  if (record.kind !== ISOLATION_FOREST) {
    return refuse('MODEL_KIND_UNKNOWN', `loading model: kind ${record.kind} is not ${ISOLATION_FOREST}`);
  }
  if ((yield* contentHashSteps(record)) !== record.contentHash) {
    return refuse(
      'MODEL_HASH_DIFFERS',
      'loading model: the content is not what was hashed when it was trained',
    );
  }
  yield;
  const decoded = yield* decodeForestSteps(record.forest);
  if (!decoded.ok) return refuse('MODEL_FOREST_UNREADABLE', decoded.reason);
  const { forest } = decoded;
  const problem = yield* featureProblemSteps(record, forest);
  if (problem !== null) return refuse('MODEL_FEATURES_INVALID', `loading model: ${problem}`);
  if (!record.calibration.every(isUsable) || !(record.threshold > 0) || record.calibration.length === 0) {
    return refuse('MODEL_CALIBRATION_INVALID', 'loading model: a calibration has no spread or no boundary');
  }
  const inputs = createForestInputs(record.features, record.scaling);
  const { version, group, created, provisional, calibration, threshold } = record;
  yield;
  const explainer = yield* forestExplainerSteps({ forest, inputs });
  return {
    ok: true,
    model: { version, group, created, provisional, forest, inputs, explainer, calibration, threshold },
  };
}

function refuse(code: ModelRefusalCode, reason: string): ModelRefusal {
  return { ok: false, code, reason };
}

/** A host to a step: the scalings of 200 hosts are 10^5 numbers. */
function* featureProblemSteps(
  { features, scaling }: ModelVersion,
  forest: CompiledForest,
): Steps<string | null> {
  if (forest.featureCount !== features.length) {
    return `the forest has ${forest.featureCount} features, the record names ${features.length}`;
  }
  const bad = features.findIndex(({ centre, scale }) => !isUsableScaling(centre, scale));
  if (bad >= 0) return `feature ${bad} has no finite centre and positive scale`;
  for (const { host, centres, scales } of scaling) {
    yield;
    for (let i = 0; i < features.length; i += 1) {
      if (isUsableScaling(centres[i], scales[i])) continue;
      return `host ${host} has no finite centre and positive scale for every feature`;
    }
  }
  return null;
}

function isUsableScaling(centre: number | undefined, scale: number | undefined): boolean {
  return Number.isFinite(centre) && Number.isFinite(scale) && scale !== undefined && scale > 0;
}

function isUsable({ median, q99, threshold }: Calibration): boolean {
  return Number.isFinite(median) && Number.isFinite(q99) && q99 > median && threshold > 0;
}
