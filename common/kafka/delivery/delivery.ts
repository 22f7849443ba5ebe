import type { EachBatchPayload } from 'kafkajs';
import { messageOf, TidewatchError } from '../../errors.js';
import { pause } from '../../lifecycle.js';
import type { Logger } from '../../log.js';
import type { Random } from '../../random.js';
import { deadLetterRecord, type Failure } from '../dead-letter.js';
import { type BackoffBounds, backoffMs } from './backoff.js';
import type { DeadLetterWriter } from './dead-letter-writer.js';
import { Heartbeat } from './heartbeat.js';
import { GUARD_SHARE, GUARD_WINDOW, RefusalGuard } from './refusal-guard.js';
import type { DeliveryRecord, DeliveryTarget } from './target.js';

/** Attempts to commit offsets before the batch is given back to be read again. */
const COMMIT_ATTEMPTS = 5;

/** The records of one fetched partition that are to be delivered. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  /** Topic of its dead letters; null when it has none. */
  readonly deadLetter: string | null;
  readonly records: readonly DeliveryRecord[];
  /** Bytes of the values. */
  readonly bytes: number;
  /** Next offset to read when these are done, control records counted. */
  readonly next: number;
  readonly payload: Pick<EachBatchPayload, 'heartbeat' | 'commitOffsetsIfNecessary'>;
}

/** What a loop reports to whoever counts. All calls are quick and do not throw. */
export interface DeliveryObserver {
  /** Records were taken by the target (`items` points, rows...) and their offsets committed. */
  delivered(records: readonly DeliveryRecord[], items: number): void;
  rejected(record: DeliveryRecord, code: string): void;
  filtered(record: DeliveryRecord, reason: string): void;
  /** One call of the target came back. */
  wrote(seconds: number, outcome: 'delivered' | 'refused' | 'retry' | 'broken'): void;
}

export interface DeliverySettings<T> {
  readonly target: DeliveryTarget<T>;
  readonly deadLetters: DeadLetterWriter;
  readonly origin: Pick<Failure, 'group' | 'application' | 'instance'>;
  readonly observer: DeliveryObserver;
  readonly backoff: BackoffBounds;
  readonly log: Logger;
  readonly random: Random;
  /** Milliseconds, for durations only. */
  readonly now: () => number;
  /** Fires at a stop: waiting for a dead target ends at once. */
  readonly stopping: AbortSignal;
  /** Fires when the stop's patience is over: the write under way is given up. */
  readonly giveUp: AbortSignal;
}

/** A group as it stands between its steps. */
interface Prepared<T> {
  readonly items: T[];
  /** Which record each item is of. */
  readonly owners: { readonly batch: PartitionBatch; readonly record: DeliveryRecord }[];
  readonly refused: Map<PartitionBatch, Map<DeliveryRecord, Refused>>;
  /** How many items came of each batch. */
  readonly counts: Map<PartitionBatch, number>;
}

type Refused = Pick<Failure, 'code' | 'reason' | 'stage'>;

/** The steps of one group: prepare, write until the target has it, dead letters with their offsets, the other offsets. */
export class Delivery<T> {
  readonly #settings: DeliverySettings<T>;
  readonly #guard = new RefusalGuard();
  #targetUp: boolean | null = null;

  constructor(settings: DeliverySettings<T>) {
    this.#settings = settings;
  }

  /** Whether the last write reached the target; null before the first. */
  get targetUp(): boolean | null {
    return this.#targetUp;
  }

  /**
   * Resolves when every record is delivered or a committed dead letter and the offsets are committed. Throws a
   * TidewatchError that ends the loop, kafkajs's error when the group was lost (the records come again), or
   * DELIVERY_ABANDONED at a stop.
   */
  async deliver(group: readonly PartitionBatch[]): Promise<void> {
    const beat = this.#heartbeat(group);
    const prepared = this.#prepare(group);
    if (prepared.items.length > 0) await this.#write(prepared, beat);
    this.#checkShare(group, prepared.refused);
    const clean: PartitionBatch[] = [];
    for (const batch of group) {
      const refused = prepared.refused.get(batch);
      if (refused === undefined || batch.deadLetter === null) clean.push(batch);
      else await this.#writeDeadLetters(batch, batch.deadLetter, refused, beat);
    }
    await this.#commit(clean);
    this.#report(group, prepared);
  }

  #prepare(group: readonly PartitionBatch[]): Prepared<T> {
    const { target, observer } = this.#settings;
    const prepared: Prepared<T> = { items: [], owners: [], refused: new Map(), counts: new Map() };
    for (const batch of group) {
      const before = prepared.items.length;
      for (const record of batch.records) {
        const outcome = target.prepare(record);
        if (outcome.kind === 'rejected') refuse(prepared, batch, record, outcome);
        else if (outcome.kind === 'filtered') observer.filtered(record, outcome.reason);
        else {
          for (const item of outcome.items) {
            prepared.items.push(item);
            prepared.owners.push({ batch, record });
          }
        }
      }
      prepared.counts.set(batch, prepared.items.length - before);
    }
    return prepared;
  }

  /** Writes until the target has taken or refused every item. While it is dead Kafka keeps the data: nothing is fetched. */
  async #write(prepared: Prepared<T>, beat: Heartbeat): Promise<void> {
    const { target, stopping, giveUp, observer, now, log, random, backoff } = this.#settings;
    for (let attempt = 1; ; attempt += 1) {
      const started = now();
      const result = await beat.during(target.write(prepared.items, giveUp));
      observer.wrote((now() - started) / 1_000, result.kind);
      if (result.kind === 'broken') {
        this.#targetUp = false;
        throw result.error;
      }
      if (result.kind !== 'retry') {
        if (this.#targetUp === false) log.info({ attempt }, 'the target takes writes again');
        this.#targetUp = true;
        if (result.kind === 'refused') markFailures(prepared, result.failures);
        return;
      }
      if (stopping.aborted) throw abandoned();
      if (this.#targetUp !== false)
        log.warn(
          { code: result.error.code, err: result.error },
          'the target takes no writes, holding the stream',
        );
      this.#targetUp = false;
      beat.assertMember();
      await beat.during(pause(backoffMs(attempt, backoff, result.afterMs, random), stopping));
      if (stopping.aborted) throw abandoned();
      beat.assertMember();
    }
  }

  #checkShare(group: readonly PartitionBatch[], refused: Prepared<T>['refused']): void {
    for (const batch of group) {
      const bad = refused.get(batch);
      for (const record of batch.records) {
        if (this.#guard.admit(bad?.has(record) === true)) continue;
        const { code, reason } = bad?.get(record) ?? { code: 'UNKNOWN', reason: '' };
        const { topic, partition, offset } = record;
        throw new TidewatchError({
          code: 'TOO_MANY_REFUSED',
          retriable: false,
          message: `delivering ${topic}: more than ${GUARD_SHARE * 100} % of ${GUARD_WINDOW} records were refused, the last with ${code} (${reason}); stopping before the topic drains into the dead letter`,
          facts: { topic, partition, offset, refusal: code },
        });
      }
    }
  }

  async #writeDeadLetters(
    batch: PartitionBatch,
    deadLetterTopic: string,
    refused: ReadonlyMap<DeliveryRecord, Refused>,
    beat: Heartbeat,
  ): Promise<void> {
    const { deadLetters, origin, stopping } = this.#settings;
    // The transaction does not know the group's generation (kafka-facts K5): only a member may begin one.
    const assertMember = async () => {
      await beat.now();
      beat.assertMember();
    };
    await assertMember();
    const letters = [...refused].map(([record, failure]) => {
      const letter = deadLetterRecord(record, { ...origin, ...failure });
      return { offset: record.offset, message: { ...letter, partition: batch.partition } };
    });
    const { topic, partition, next } = batch;
    const work = { topic, partition, deadLetterTopic, letters, next };
    await beat.during(deadLetters.commit(work, stopping, assertMember));
  }

  /**
   * Commits through the payload: `consumer.commitOffsets` of kafkajs 2.2.4 does nothing, and says nothing, once a stop has
   * begun, which is when the last write is waiting to be committed.
   */
  async #commit(batches: readonly PartitionBatch[]): Promise<void> {
    const [first] = batches;
    if (first === undefined) return;
    const topics = batches.map(({ topic, partition, next }) => ({
      topic,
      partitions: [{ partition, offset: String(next) }],
    }));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await first.payload.commitOffsetsIfNecessary({ topics: mergeTopics(topics) });
      } catch (error) {
        if (isLostMembership(error) || attempt >= COMMIT_ATTEMPTS) throw error;
        await pause(100 * attempt);
      }
    }
  }

  #report(group: readonly PartitionBatch[], prepared: Prepared<T>): void {
    const { observer, log } = this.#settings;
    for (const batch of group) {
      const refused = prepared.refused.get(batch);
      for (const [record, { code, reason, stage }] of refused ?? []) {
        observer.rejected(record, code);
        const { topic, partition, offset } = record;
        log.warn(
          { topic, partition, offset, code, reason, stage, deadLetter: batch.deadLetter },
          'record refused',
        );
      }
      const taken =
        refused === undefined ? batch.records : batch.records.filter((record) => !refused.has(record));
      observer.delivered(taken, prepared.counts.get(batch) ?? 0);
    }
  }

  #heartbeat(group: readonly PartitionBatch[]): Heartbeat {
    const [first] = group;
    return new Heartbeat(first === undefined ? () => Promise.resolve() : () => first.payload.heartbeat());
  }
}

/** Returns whether an error says that delivery was given up at a stop. */
export function isAbandoned(error: unknown): boolean {
  return error instanceof TidewatchError && error.code === 'DELIVERY_ABANDONED';
}

function abandoned(): TidewatchError {
  return new TidewatchError({
    code: 'DELIVERY_ABANDONED',
    retriable: true,
    message: 'delivering records: stopped before the target took them; they stay in Kafka',
  });
}

const LOST_MEMBERSHIP = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

function isLostMembership(error: unknown): boolean {
  return error instanceof Error && LOST_MEMBERSHIP.has(String(Reflect.get(error, 'type')));
}

function refuse<T>(
  prepared: Prepared<T>,
  batch: PartitionBatch,
  record: DeliveryRecord,
  refused: Refused,
): void {
  const known = prepared.refused.get(batch) ?? new Map<DeliveryRecord, Refused>();
  if (!known.has(record)) known.set(record, refused);
  prepared.refused.set(batch, known);
}

function markFailures<T>(
  prepared: Prepared<T>,
  failures: readonly { index: number; code: string; reason: string }[],
): void {
  for (const { index, code, reason } of failures) {
    const owner = prepared.owners[index];
    if (owner === undefined) throw new Error(messageOf(`refused item ${index} was never written`));
    refuse(prepared, owner.batch, owner.record, { code, reason, stage: 'TASK_PUT' });
  }
}

type TopicOffsets = {
  topic: string;
  partitions: { partition: number; offset: string }[];
};

function mergeTopics(topics: readonly TopicOffsets[]): TopicOffsets[] {
  const merged = new Map<string, TopicOffsets>();
  for (const { topic, partitions } of topics) {
    const known = merged.get(topic);
    if (known === undefined) merged.set(topic, { topic, partitions: [...partitions] });
    else known.partitions.push(...partitions);
  }
  return [...merged.values()];
}
