import type { FeatureEvent } from '../../schemas/feature-event.js';
import { compactRow } from '../compact-row.js';
import { createRowKeeper, type RowKeeper } from '../training-row.js';
import type { SharedTraining } from './core.js';
import { readingsIn, USUAL_MEMORY } from './memory.js';
import { ReferenceSupply } from './reference-supply.js';
import { createRowBudget, type RowBudget } from './row-budget.js';
import { createSeriesRoom, type SeriesRoom } from './series-room.js';
import { HISTORY_WINDOWS } from './thinned-series.js';

/** A point in the life of a group: warm rows seen so far, and the newest append time. */
export interface TrainingPoint {
  readonly rows: number;
  readonly appendTime: number;
}

/** What the trainer remembers of a version. */
export interface ParentVersion {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** What the trainer knows of one group. */
export interface WatchedGroup {
  keeper: RowKeeper;
  supply: ReferenceSupply;
  seen: TrainingPoint;
  /** Where it was trained last, or tried; null before the first. */
  last: TrainingPoint | null;
  /** The version in use; null when it has none. */
  parent: ParentVersion | null;
  /** The version that the one trained last has replaced. */
  grandparent: ParentVersion | null;
}

const DAY_MS = 86_400_000;
/** Append time between two looks for silent groups. */
const LOOK_MS = DAY_MS / 24;

/**
 * The groups of the trainer, in the order of their turns. Per group it holds a quarter more than `maximumRows` compact rows at most, of all
 * groups together what `memory` has room for: when there are more, the largest keep fewer rows. A group silent for 15 drift windows,
 * at least a day, gives up rows and supply: not earlier, because a trainer that starts reads one partition days ahead of another.
 */
export class WatchedGroups {
  readonly #groups = new Map<string, WatchedGroup>();
  readonly #budget: RowBudget;
  readonly #silentMs: number;
  readonly #room: SeriesRoom;
  #lookedAt = 0;

  constructor(private readonly training: Pick<SharedTraining, 'maximumRows' | 'drift' | 'memory'>) {
    const { drift, memory = USUAL_MEMORY } = training;
    const keepers = () => [...this.#groups.values()].map(({ keeper }) => keeper);
    this.#budget = createRowBudget(readingsIn(memory.rows), keepers);
    this.#room = createSeriesRoom(memory.references, drift);
    this.#silentMs = Math.max(DAY_MS, HISTORY_WINDOWS * drift.windowBlocks * drift.blockMs);
  }

  /** Returns the group, which is new and empty when nobody asked for it before. */
  of(name: string): WatchedGroup {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const seen = { rows: 0, appendTime: 0 };
    const group = { ...this.#empty(), seen, last: null, parent: null, grandparent: null };
    this.#groups.set(name, group);
    return group;
  }

  /** Names and groups, whoever has waited longest for a turn first. */
  all(): ReadonlyMap<string, WatchedGroup> {
    return this.#groups;
  }

  /** Makes a group the last in line. */
  putLast(name: string): void {
    const group = this.of(name);
    this.#groups.delete(name);
    this.#groups.set(name, group);
  }

  /** Takes one trainable row. */
  observe(event: FeatureEvent): void {
    const group = this.of(event.group);
    const { rows, appendTime } = group.seen;
    group.seen = { rows: rows + 1, appendTime: Math.max(appendTime, event.appendTime) };
    this.#budget.add(compactRow(event), group.keeper);
    group.supply.observe(event);
    if (event.appendTime - this.#lookedAt >= LOOK_MS) this.#forgetSilent(event.appendTime);
  }

  #empty(): Pick<WatchedGroup, 'keeper' | 'supply'> {
    const { maximumRows, drift } = this.training;
    return { keeper: createRowKeeper(maximumRows), supply: new ReferenceSupply(drift, this.#room) };
  }

  #forgetSilent(newest: number): void {
    this.#lookedAt = newest;
    for (const [name, group] of this.#groups) {
      if (group.keeper.held === 0 || newest - group.seen.appendTime <= this.#silentMs) continue;
      group.supply.close();
      // One with a model keeps its place in the sequence: back again, it does not replace a good model by one of fifty rows.
      if (group.parent === null) this.#groups.delete(name);
      else Object.assign(group, this.#empty());
    }
  }
}
