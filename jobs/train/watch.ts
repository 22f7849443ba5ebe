import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { compactRow } from './compact-row.js';
import { type Trained, type TrainOptions, train } from './core.js';
import { createRowKeeper, isTrainable, type RowKeeper } from './training-row.js';

/** When the groups are trained. */
export interface TrainingPolicy {
  /** Warm rows of the first training. */
  readonly minimumRows: number;
  /** Rows at which a group is fully trained. */
  readonly fullRows: number;
  /** Append time between trainings of a fully trained group, milliseconds. */
  readonly intervalMs: number;
}

/** A point in the life of a group: warm rows seen so far, and the newest append time. */
export interface TrainingPoint {
  readonly rows: number;
  readonly appendTime: number;
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

export interface WatchOptions {
  readonly policy: TrainingPolicy;
  /** What every training shares; group, parent and creation time are the watch's. */
  readonly training: Omit<TrainOptions, 'group' | 'parent' | 'created'>;
}

/** Sees every features record and trains groups when they are due. No clock: the times are the records'. */
export interface TrainingWatch {
  /** Takes a model that exists already, in any order: the newest of a group counts as its last training. */
  resume(model: ModelVersion): void;
  observe(event: FeatureEvent): void;
  /**
   * Trains one group that is due, the groups taking turns; null when none is. `created` is the version's time, milliseconds.
   * Takes up to a second: the caller gives way between two calls.
   */
  trainNext(created: number): { readonly group: string; readonly trained: Trained } | null;
}

interface GroupWatch {
  readonly keeper: RowKeeper;
  seen: TrainingPoint;
  last: TrainingPoint | null;
  parent: { readonly version: string; readonly created: number } | null;
}

/** Returns a watch of all groups; per group it holds at most twice `training.maximumRows` compact rows. */
export function createTrainingWatch({ policy, training }: WatchOptions): TrainingWatch {
  const groups = new Map<string, GroupWatch>();
  const groupOf = (name: string): GroupWatch => {
    const known = groups.get(name) ?? {
      keeper: createRowKeeper(training.maximumRows),
      seen: { rows: 0, appendTime: 0 },
      last: null,
      parent: null,
    };
    groups.set(name, known);
    return known;
  };
  return {
    resume({ group, version, created, rows }) {
      const watch = groupOf(group);
      if (watch.parent !== null && watch.parent.created > created) return;
      watch.parent = { version, created };
      watch.last = { rows, appendTime: created };
    },
    observe(event) {
      if (!isTrainable(event)) return;
      const watch = groupOf(event.group);
      watch.keeper.add(compactRow(event));
      watch.seen = {
        rows: watch.seen.rows + 1,
        appendTime: Math.max(watch.seen.appendTime, event.appendTime),
      };
    },
    trainNext(created) {
      for (const [group, watch] of groups) {
        if (!isTrainingDue(watch.seen, watch.last, policy)) continue;
        const parent = watch.parent?.version ?? null;
        const trained = train(watch.keeper.rows(), { ...training, group, created, parent });
        // A refusal counts as well: it would be the same again until there are more rows.
        watch.last = watch.seen;
        if (trained.ok) watch.parent = { version: trained.model.version, created };
        // Last in line until the others had their turn.
        groups.delete(group);
        groups.set(group, watch);
        return { group, trained };
      }
      return null;
    },
  };
}
