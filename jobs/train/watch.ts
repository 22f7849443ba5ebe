import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { isTrainable } from '../training-row.js';
import { type SharedTraining, type Trained, train } from './core.js';
import type { DriftWindow } from './thinned-series.js';
import { type TrainingPoint, WatchedGroups } from './watched-groups.js';

/** When the groups are trained. */
export interface TrainingPolicy {
  /** Warm rows of the first training. */
  readonly minimumRows: number;
  /** Rows at which a group is fully trained. */
  readonly fullRows: number;
  /** Append time between trainings of a fully trained group, milliseconds. */
  readonly intervalMs: number;
}

/** By how much the rows grow from one early training to the next. */
const GROWTH = 4;

/**
 * Returns whether a group is due: first at the minimum of rows, then each time they have grown fourfold, until the
 * full number, from then on by append time. Early models are poor and soon replaced, late ones good and left alone.
 */
export function isTrainingDue(
  now: TrainingPoint,
  last: TrainingPoint | null,
  { minimumRows, fullRows, intervalMs }: TrainingPolicy,
): boolean {
  if (last === null) return now.rows >= minimumRows;
  if (last.rows >= fullRows) return now.appendTime - last.appendTime >= intervalMs;
  return now.rows >= Math.min(GROWTH * last.rows, fullRows);
}

/** Drift references that no version has yet, and the newest append time. */
export interface ReferencePoint {
  readonly fresh: number;
  readonly appendTime: number;
}

/**
 * Returns whether a group is due because hosts have got the history for drift references that the version in use lacks. Not within a
 * quarter of a drift window of the last training: hosts that were set up together share one version, and a fleet that grows host by host
 * does not change its model with each.
 */
export function isReferenceDue(
  now: ReferencePoint,
  last: TrainingPoint | null,
  { blockMs, windowBlocks }: DriftWindow,
): boolean {
  if (last === null || now.fresh === 0) return false;
  return now.appendTime - last.appendTime >= (blockMs * windowBlocks) / 4;
}

export interface WatchOptions {
  readonly policy: TrainingPolicy;
  /** What every training shares; group, parent, creation time and references are the watch's. */
  readonly training: SharedTraining;
}

/** What became of a group that was due. */
export interface GroupTurn {
  readonly group: string;
  readonly trained: Trained;
  /** Drift references that are new in this version, and those that did not fit into it. */
  readonly newReferences: number;
  readonly referencesLeftOut: number;
  /** Metrics that memory had no room to follow for a reference. */
  readonly referencesOutside: number;
}

/** Sees every features record and trains groups when they are due. No clock: the times are the records'. */
export interface TrainingWatch {
  /** Takes a model of the topic, in any order: the newest of a group counts as its last training, and its drift references are carried on. */
  resume(model: ModelVersion): void;
  observe(event: FeatureEvent): void;
  /** Builds some of the drift references whose history has become long enough; false when none is left. Takes up to half a second. */
  buildReferences(): boolean;
  /**
   * Trains one group that is due, the groups taking turns; null when none is. `created` is the version's time, milliseconds.
   * Takes 0.5 s of CPU for 10,000 rows of 3 metrics, 2 s of 38, 6 s for the 1,950 that are kept of 512: the caller gives way between two calls.
   */
  trainNext(created: number): GroupTurn | null;
  /** Takes back a version of `trainNext` that could not be published: the one before it is the group's again. */
  withdraw(version: Pick<ModelVersion, 'group' | 'version'>): void;
}

/** References that are built between two breaths of the caller; each takes some 5 ms. */
const REFERENCES_AT_ONCE = 50;

/** Returns a watch of all groups; what it holds of them is bounded (WatchedGroups). */
export function createTrainingWatch({ policy, training }: WatchOptions): TrainingWatch {
  const groups = new WatchedGroups(training);
  return {
    resume(model) {
      const { group, version, created, rows } = model;
      const watch = groups.of(group);
      // The watch's own versions come back through the topic: they change nothing.
      if (watch.parent?.version === version || (watch.parent?.created ?? 0) > created) return;
      watch.supply.adopt(model);
      watch.parent = { version, created };
      // A version of few rows (an import, a trial) must not start the early trainings over again.
      watch.last = { rows: Math.max(rows, watch.last?.rows ?? 0), appendTime: created };
    },
    observe(event) {
      if (isTrainable(event)) groups.observe(event);
    },
    buildReferences: () => [...groups.all()].some(([, { supply }]) => supply.build(REFERENCES_AT_ONCE) > 0),
    trainNext(created) {
      for (const [group, watch] of groups.all()) {
        const { fresh } = watch.supply;
        const { appendTime } = watch.seen;
        const isDue =
          isTrainingDue(watch.seen, watch.last, policy) ||
          isReferenceDue({ fresh, appendTime }, watch.last, training.drift);
        if (!isDue) continue;
        const parent = watch.parent?.version ?? null;
        const { references, leftOut, outside } = watch.supply.take();
        const trained = train(watch.keeper.rows(), { ...training, group, created, parent, references });
        // A refusal counts as well: it would be the same again until there are more rows.
        watch.last = watch.seen;
        if (trained.ok) {
          watch.grandparent = watch.parent;
          watch.parent = { version: trained.model.version, created };
        }
        // Last in line until the others had their turn.
        groups.putLast(group);
        return {
          group,
          trained,
          newReferences: fresh,
          referencesLeftOut: leftOut,
          referencesOutside: outside,
        };
      }
      return null;
    },
    withdraw({ group, version }) {
      const watch = groups.of(group);
      // Another version may have come through the topic in the meantime.
      if (watch.parent?.version === version) watch.parent = watch.grandparent;
    },
  };
}
