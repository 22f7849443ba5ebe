import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import { TidewatchError } from '../errors.js';
import { type Completion, completion, type Running, within } from '../lifecycle.js';
import { assertTopics } from './delivery/assert-topics.js';
import { consumerCrashed, isKafkajsError } from './delivery/consumer-errors.js';
import { DeadLetterWriter } from './delivery/dead-letter-writer.js';
import { Delivery, isAbandoned, type PartitionBatch } from './delivery/delivery.js';
import { Gatherer } from './delivery/gather.js';
import type { DeliveryOptions } from './delivery/options.js';
import {
  fetchedOffset,
  type GroupPosition,
  groupPositions,
  PartitionPositions,
  type SkippedBatch,
} from './delivery/partition-positions.js';

export {
  DELIVERY_LIMITS,
  type DeliveryInput,
  type DeliveryLimits,
  type DeliveryOptions,
} from './delivery/options.js';

/** A running loop. `done` rejects with the TidewatchError that ended it: nothing is delivered from then on. */
export interface DeliveryLoop extends Running {
  /** Whether the last write reached the target; null before the first. */
  targetUp(): boolean | null;
  /** Whether the group has given this member its partitions. */
  joined(): boolean;
  /** Returns where the group stands in every partition, from the brokers: some requests, not for every record. */
  positions(): Promise<readonly GroupPosition[]>;
}

/** More than any assignment: every fetched partition gets its own worker, so that one group can hold them all. */
const CONCURRENT_PARTITIONS = 256;
const MAX_WAIT_MS = 500;
const HEARTBEAT_MS = 3_000;
/** With the write under way below the 8 s that a process gives its parts to stop (common/lifecycle.ts). */
const LEAVE_MS = 2_500;

/**
 * Starts delivering topics to a target: records go to it in offset order per partition, several partitions in one write;
 * offsets are committed after the target has the records; what cannot be delivered becomes a dead letter, exactly once;
 * while the target is dead nothing more is fetched and Kafka keeps the data. Redelivery happens after a crash or a
 * rebalance and must be harmless to the target. Throws TOPIC_MISSING when a topic is not there.
 */
export async function startDeliveryLoop<T>(options: DeliveryOptions<T>): Promise<DeliveryLoop> {
  const admin = options.kafka.admin();
  await admin.connect();
  try {
    await assertTopics(admin, options.inputs);
    const loop = new Loop(options, admin);
    await loop.start();
    return loop;
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
}

class Loop<T> implements DeliveryLoop {
  readonly #options: DeliveryOptions<T>;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #positions: PartitionPositions;
  readonly #deadLetters: DeadLetterWriter;
  readonly #delivery: Delivery<T>;
  readonly #gatherer: Gatherer<PartitionBatch>;
  readonly #deadLetterOf: ReadonlyMap<string, string | null>;
  readonly #completion: Completion = completion();
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  #watchdog: NodeJS.Timeout | undefined;
  #lastSign: number;
  #joined = false;
  #ending: Promise<void> | undefined;
  /** Partitions whose committed offset has left the log, and the offset to start from instead. */
  #overtaken: readonly GroupPosition[] = [];

  constructor(options: DeliveryOptions<T>, admin: Admin) {
    const { kafka, groupId, application, instance, limits, log } = options;
    this.#options = options;
    this.#admin = admin;
    this.#lastSign = options.now();
    this.#deadLetterOf = new Map(options.inputs.map(({ topic, deadLetter }) => [topic, deadLetter]));
    this.#positions = new PartitionPositions(() => this.positions(), log);
    this.#deadLetters = new DeadLetterWriter({ ...options, admin });
    this.#delivery = new Delivery({
      ...options,
      deadLetters: this.#deadLetters,
      origin: { group: groupId, application, instance },
      backoff: limits.backoff,
      stopping: this.#stopping.signal,
      giveUp: this.#giveUp.signal,
    });
    this.#gatherer = new Gatherer(
      { maxRecords: limits.maxGroupRecords, maxBytes: limits.maxGroupBytes },
      (group) => this.#delivery.deliver(group),
    );
    this.#consumer = kafka.consumer({
      groupId,
      sessionTimeout: limits.sessionTimeoutMs,
      rebalanceTimeout: 2 * limits.sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, limits.sessionTimeoutMs / 3),
      maxBytesPerPartition: limits.maxPartitionBytes,
      maxBytes: limits.maxFetchBytes,
      maxWaitTimeInMs: MAX_WAIT_MS,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(this.#ending === undefined) },
    });
  }

  get done(): Promise<void> {
    return this.#completion.done;
  }

  targetUp(): boolean | null {
    return this.#delivery.targetUp;
  }

  joined(): boolean {
    return this.#joined && this.#ending === undefined;
  }

  positions(): Promise<readonly GroupPosition[]> {
    const { groupId, inputs } = this.#options;
    return groupPositions(
      this.#admin,
      groupId,
      inputs.map(({ topic }) => topic),
    );
  }

  async start(): Promise<void> {
    this.#overtaken = (await this.positions()).filter(
      ({ committed, low }) => committed >= 0 && committed < low,
    );
    this.#listen();
    await this.#consumer.connect();
    await this.#consumer.subscribe({
      topics: this.#options.inputs.map(({ topic }) => topic),
      fromBeginning: true,
    });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
    this.#watchdog = setInterval(() => this.#watch(), this.#options.limits.sessionTimeoutMs / 2);
  }

  stop(): Promise<void> {
    this.#ending ??= this.#end(undefined);
    return this.#ending;
  }

  #listen(): void {
    const { events } = this.#consumer;
    const alive = () => {
      this.#lastSign = this.#options.now();
    };
    for (const event of [events.FETCH, events.HEARTBEAT, events.END_BATCH_PROCESS])
      this.#consumer.on(event, alive);
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      alive();
      this.#joined = true;
      this.#positions.reset();
      // Synchronously, before the first fetch: a position outside the log would end the loop.
      for (const { topic, partition, low } of this.#overtaken)
        if (payload.memberAssignment[topic]?.includes(partition) === true)
          this.#consumer.seek({ topic, partition, offset: String(low) });
      this.#overtaken = [];
      // Partitions may have changed hands: each is fenced anew before its next dead letter. Never rejects.
      void this.#deadLetters.close();
    });
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, firstOffset, lastOffset } = payload;
      // Of an empty batch the first offset is where it was fetched: patches/filtered-batch.ts.
      if (payload.batchSize === 0)
        void this.#skip({ topic, partition, fetchedAt: Number(firstOffset), last: Number(lastOffset) });
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#joined = false;
      if (!payload.restart) this.#fail(consumerCrashed(payload.error));
    });
  }

  /** Never rejects: where the position cannot be asked for now, the next batch asks again. */
  async #skip(skipped: SkippedBatch): Promise<void> {
    const back = await this.#positions.skip(skipped).catch(() => null);
    if (back === null || this.#ending !== undefined) return;
    this.#options.log.warn(
      { ...skipped, expected: back },
      'batch from elsewhere than the expected position, seeking',
    );
    this.#consumer.seek({ topic: skipped.topic, partition: skipped.partition, offset: String(back) });
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (this.#ending !== undefined) return;
    const last = Number(batch.lastOffset());
    const fetchedAt = fetchedOffset(batch);
    const position = await this.#positions.of(batch.topic, batch.partition, fetchedAt);
    if (position === null) return;
    const fit = position.check(fetchedAt, last);
    if (fit.kind !== 'use') {
      const { topic, partition } = batch;
      const facts = { topic, partition, fetchedAt, expected: position.next };
      this.#options.log.warn(facts, 'batch from elsewhere than the expected position, seeking');
      this.#consumer.seek({ topic, partition, offset: String(position.next) });
      return;
    }
    try {
      await this.#gatherer.offer(this.#batchOf(payload, fit.from, last));
    } catch (error) {
      if (isAbandoned(error) || this.#ending !== undefined) return;
      // Given to kafkajs its own errors make it join or fetch again; ours, or a bug, would make it stop without a word.
      if (isKafkajsError(error)) throw error;
      this.#fail(error);
      return;
    }
    position.advance(last);
    payload.resolveOffset(String(last));
  }

  #batchOf(payload: EachBatchPayload, from: number, last: number): PartitionBatch {
    const { topic, partition, messages } = payload.batch;
    const records = messages
      .filter(({ offset }) => Number(offset) >= from)
      .map(({ offset, timestamp, key, value, headers }) => ({
        topic,
        partition,
        offset: Number(offset),
        timestamp: Number(timestamp),
        key,
        value,
        headers: headers ?? {},
      }));
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    const deadLetter = this.#deadLetterOf.get(topic) ?? null;
    return { topic, partition, deadLetter, records, bytes, next: last + 1, payload };
  }

  #watch(): void {
    const silentMs = this.#options.now() - this.#lastSign;
    if (silentMs < 3 * this.#options.limits.sessionTimeoutMs) return;
    this.#fail(
      new TidewatchError({
        code: 'LOOP_STALLED',
        retriable: true,
        message: `delivering records: no fetch and no heartbeat for ${Math.round(silentMs)} ms`,
      }),
    );
  }

  #fail(error: unknown): void {
    if (this.#ending !== undefined) return;
    this.#ending = this.#end(error);
  }

  /** Finishes or gives up the write under way, leaves the group, closes the clients; every step has its deadline. */
  async #end(error: unknown): Promise<void> {
    const { limits, log } = this.#options;
    // A failure is reported from inside a batch: let that batch return before the consumer waits for it.
    await sleep(0);
    clearInterval(this.#watchdog);
    this.#stopping.abort();
    const patience = setTimeout(() => this.#giveUp.abort(), error === undefined ? limits.stopMs : 0);
    const finish = async (what: string, ms: number, step: () => Promise<void>) => {
      try {
        await within(step(), ms, what);
      } catch (problem) {
        log.warn({ err: problem, what }, 'ending the delivery loop: a step failed');
      }
    };
    await finish('the write under way', limits.stopMs + 500, () => this.#gatherer.idle());
    // Side by side: with no broker in reach each of them only ends by its deadline.
    await Promise.all([
      finish('leaving the group', LEAVE_MS, () => this.#consumer.disconnect()),
      finish('the dead-letter producers', LEAVE_MS, () => this.#deadLetters.close()),
      finish('the admin client', LEAVE_MS, () => this.#admin.disconnect()),
    ]);
    clearTimeout(patience);
    if (error === undefined) this.#completion.finish();
    else this.#completion.fail(error);
  }
}
