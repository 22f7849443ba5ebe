import { finish, type Steps } from '../../detection/isolation-forest/steps.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { compileSteps, type ModelRefusal, type ScoringModel } from './model.js';

/** Where a scorer asks for the model of a group. Asked once per batch and group, so that a new model switches without a gap. */
export interface ModelProvider {
  /** Returns the model in use for the group; null before the first. */
  current(group: string): ScoringModel | null;
}

/** What became of a model version that was offered. */
export type Offer = { readonly ok: true; readonly isCurrent: boolean } | ModelRefusal;

/** The newest usable model of every group. */
export interface ModelTable extends ModelProvider {
  /** Takes one version. A refused or older one changes nothing. */
  offer(record: ModelVersion): Offer;
  /** Like `offer`, step by step: until the last step the model in use stays, then the new one takes over whole. */
  offerSteps(record: ModelVersion): Steps<Offer>;
  /** Returns the models in use, one per group. */
  all(): readonly ScoringModel[];
}

/**
 * Returns an empty table. Newest = latest creation time, then the greater version text: every scorer that has read the
 * topic to its end uses the same model, in whatever order the versions came.
 */
export function createModelTable(): ModelTable {
  const models = new Map<string, ScoringModel>();
  const isOutdated = (record: ModelVersion): boolean => {
    const present = models.get(record.group);
    return present !== undefined && !isNewer(record, present);
  };
  function* offerSteps(record: ModelVersion): Steps<Offer> {
    if (isOutdated(record)) return { ok: true, isCurrent: false };
    const compiled = yield* compileSteps(record);
    if (!compiled.ok) return compiled;
    // Another version may have taken over between the steps.
    if (isOutdated(record)) return { ok: true, isCurrent: false };
    models.set(record.group, compiled.model);
    return { ok: true, isCurrent: true };
  }
  return {
    current: (group) => models.get(group) ?? null,
    all: () => [...models.values()],
    offer: (record) => finish(offerSteps(record)),
    offerSteps,
  };
}

function isNewer(
  a: { readonly created: number; readonly version: string },
  b: { readonly created: number; readonly version: string },
): boolean {
  return a.created === b.created ? a.version > b.version : a.created > b.created;
}
