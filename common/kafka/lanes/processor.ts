import type { TopicName } from '../topics.js';

/** One record as the lane loop hands it to a processor. Offsets are safe integers: 2^53 records outlast any topic. */
export interface InputRecord {
  readonly partition: number;
  readonly offset: number;
  /** Broker's timestamp of the record, milliseconds: append time in `metrics.v1`. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

/** Text headers of an output record. `tidewatch-id` is its identity, for verifiers and de-duplication. */
export type OutputHeaders = Readonly<Record<string, string>>;

/** Where a processor's output goes: into the transaction that also commits the input, same partition as the input. */
export interface Emitter {
  /** Adds one record. `value` null is a tombstone (compacted topics). */
  emit(topic: TopicName, key: string, value: Buffer | null, headers: OutputHeaders): void;
}

/** At which step a record was refused, in Kafka Connect's words (KIP-298). */
export type RejectStage = 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'TRANSFORMATION';

/** What became of one input record. Rejected ones go to the dead letter of the input topic, bytes untouched. */
export type Outcome =
  | { readonly kind: 'emitted' }
  | { readonly kind: 'filtered'; readonly reason: string }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly reason: string;
      readonly stage: RejectStage;
    };

/**
 * A processor's work on one partition. The lane loop makes one at every assignment and drops it at every loss of
 * ownership or failed transaction: state that is not in a committed snapshot is rebuilt by replay, never kept.
 * All calls of one task come one after another, in offset order.
 */
export interface PartitionTask {
  /** Takes one snapshot of the state topic, before the first record. Called for the newest and for older values of a key. */
  load?(key: string, value: Buffer | null): void;
  /** Applies a record that an earlier owner has already committed: state only, no output. */
  replay?(record: InputRecord): void;
  /** Applies one record and emits what follows from it. Bad data is a `rejected` outcome; a throw is a bug of the processor. */
  process(record: InputRecord, emitter: Emitter): Outcome;
  /** Called once after the records of a batch: work that is cheaper together than one by one. Emits like `process`. */
  flush?(emitter: Emitter): void;
  /**
   * Returns the oldest offset that a new owner must replay, given that everything before `next` has been processed:
   * `next` itself when every host's state is in a snapshot.
   */
  restoreFrom?(next: number): number;
}

/** Returns every topic that a processor's transactions write to. */
export function writtenTopics({ outputs, deadLetter, state }: Processor): TopicName[] {
  return [...outputs, deadLetter, ...(state === undefined ? [] : [state])];
}

/** A processor as the lane loop runs it. */
export interface Processor {
  /** Topic that it reads. */
  readonly input: TopicName;
  /** Topics that it emits to, beside its snapshots; nobody else writes to them. */
  readonly outputs: readonly TopicName[];
  /** Where records that cannot be used go; the partition is kept. */
  readonly deadLetter: TopicName;
  /** Compacted topic of its snapshots; none for a stateless processor. */
  readonly state?: TopicName;
  /** Returns the task of one newly owned partition. */
  createTask(partition: number): PartitionTask;
}
