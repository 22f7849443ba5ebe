import type { OffsetRange } from './last-outputs.js';
import { Position } from './position.js';
import type { PartitionTask } from './processor.js';

/** Where a newly owned partition starts from, all read after the former owner was fenced. */
export interface StartingPoint {
  /** Next offset that the group has not committed. */
  readonly committed: number;
  /** Oldest offset to replay; at most `committed`. */
  readonly restore: number;
  /** Oldest and next offset of the partition of the state topic; equal when there is nothing to load. */
  readonly stateLow: number;
  readonly stateEnd: number;
}

/** What a partition is doing: loading snapshots, replaying what they do not hold, or processing. */
export type Phase = 'loading' | 'replaying' | 'live';

/** One owned partition: its task, how far it is, and in which phase. */
export class PartitionRun {
  readonly partition: number;
  readonly task: PartitionTask;
  readonly input: Position;
  readonly state: Position;
  readonly #committed: number;
  /** Up to where transactions of this owner, or its predecessors, are about the input. */
  #taken: number;
  readonly #stateEnd: number;

  constructor(partition: number, task: PartitionTask, start: StartingPoint) {
    this.partition = partition;
    this.task = task;
    this.input = new Position(start.restore);
    this.state = new Position(start.stateLow);
    this.#committed = start.committed;
    this.#taken = start.committed;
    this.#stateEnd = start.stateEnd;
  }

  get phase(): Phase {
    if (this.state.next < this.#stateEnd) return 'loading';
    return this.input.next < this.#committed ? 'replaying' : 'live';
  }

  /** Returns whether the record at this offset is already committed: it rebuilds state and emits nothing. */
  isReplay(offset: number): boolean {
    return offset < this.#committed;
  }

  /** Returns the input that the next transaction is about: from where the one before ended to here. Then that is taken. */
  takeRange(): OffsetRange {
    const range = { from: this.#taken, next: this.input.next };
    this.#taken = range.next;
    return range;
  }

  /** Returns the oldest offset that a successor must replay. Never newer than the position itself. */
  restoreFrom(): number {
    const next = Math.max(this.input.next, this.#committed);
    return Math.min(next, this.task.restoreFrom?.(next) ?? next);
  }
}
