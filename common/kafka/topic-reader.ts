import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { TidewatchError } from '../errors.js';
import { type Completion, completion, type Running, within } from '../lifecycle.js';
import type { Logger } from '../log.js';
import type { KafkaClient } from './client.js';
import { fetchedOffsetOf, recordsOf } from './lanes/fetched-batch.js';
import { Position } from './lanes/position.js';
import type { InputRecord } from './lanes/processor.js';
import { partitionCounts } from './partition-counts.js';
import { watchConsumer } from './watchdog.js';

export interface TopicReaderOptions {
  readonly kafka: KafkaClient;
  /** Full name of the topic. */
  readonly topic: string;
  /** Prefix of the throw-away group that the reader joins; nothing is ever committed to it. */
  readonly groupPrefix: string;
  /** Where to start: the oldest record there is, or what comes from now on. */
  readonly from: 'beginning' | 'end';
  /** Committed records only (the default), or also those of open and aborted transactions. */
  readonly readUncommitted?: boolean;
  /** Takes records of one partition in offset order; a rejection ends the reader. */
  readonly onRecords: (records: readonly InputRecord[]) => void | Promise<void>;
  readonly log: Logger;
}

/** A running reader of a whole topic. */
export interface TopicReader extends Running {
  /** Resolves once everything that was in the topic at the start has been handed over; rejects when the reader ends before. */
  readonly caughtUp: Promise<void>;
}

const FETCH_WAIT_MS = 250;
const STOP_DEADLINE_MS = 5_000;
/** Three times kafkajs's session timeout. */
const SILENCE_LIMIT_MS = 90_000;

/**
 * Reads every partition of a topic in a group of its own and never commits: for tables from compacted topics, for
 * training and for `tail`. Throws TOPIC_MISSING.
 */
export async function readTopic(options: TopicReaderOptions): Promise<TopicReader> {
  const admin = options.kafka.admin();
  await admin.connect();
  try {
    await partitionCounts(admin, [options.topic]);
    const bounds = await admin.fetchTopicOffsets(options.topic);
    const reader = new Reader(
      options,
      bounds.map(({ partition, low, high }) => ({ partition, low: Number(low), end: Number(high) })),
    );
    await reader.start().catch(async (error: unknown) => {
      await reader.stop();
      throw error;
    });
    return reader;
  } finally {
    await admin.disconnect();
  }
}

interface PartitionBounds {
  readonly partition: number;
  readonly low: number;
  readonly end: number;
}

class Reader implements TopicReader {
  readonly #options: TopicReaderOptions;
  readonly #consumer: Consumer;
  readonly #ends: ReadonlyMap<number, number>;
  readonly #positions: ReadonlyMap<number, Position>;
  readonly #completion: Completion = completion();
  readonly #caughtUp: Completion = completion();
  #stopping: Promise<void> | undefined;
  #unwatch: () => void = () => undefined;

  constructor(options: TopicReaderOptions, bounds: readonly PartitionBounds[]) {
    this.#options = options;
    this.#ends = new Map(bounds.map(({ partition, end }) => [partition, end]));
    this.#positions = new Map(
      bounds.map(({ partition, low, end }) => [partition, new Position(options.from === 'end' ? end : low)]),
    );
    this.#consumer = options.kafka.consumer({
      groupId: `${options.groupPrefix}reader.${randomUUID()}`,
      readUncommitted: options.readUncommitted ?? false,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: {
        retries: Number.MAX_SAFE_INTEGER,
        maxRetryTime: 5_000,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
  }

  get done(): Promise<void> {
    return this.#completion.done;
  }

  get caughtUp(): Promise<void> {
    return this.#caughtUp.done;
  }

  async start(): Promise<void> {
    const { CRASH, GROUP_JOIN, START_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error);
    });
    // Nothing is committed, so every join would begin again at the group's default: the positions are ours to keep.
    this.#consumer.on(GROUP_JOIN, () => {
      for (const [partition, position] of this.#positions)
        this.#consumer.seek({ topic: this.#options.topic, partition, offset: String(position.next) });
      this.#checkCaughtUp();
    });
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      // Where it was fetched, not its first record: patches/filtered-batch.ts.
      const { partition, firstOffset, lastOffset } = payload;
      const back = this.#positions.get(partition)?.skip(Number(firstOffset), Number(lastOffset)) ?? null;
      if (back !== null) this.#consumer.seek({ topic: this.#options.topic, partition, offset: String(back) });
      this.#checkCaughtUp();
    });
    this.#unwatch = watchConsumer(this.#consumer, SILENCE_LIMIT_MS, (error) => this.#fail(error));
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#options.topic], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    this.#unwatch();
    this.#caughtUp.fail(
      new TidewatchError({
        code: 'STOPPED',
        retriable: false,
        message: `reading ${this.#options.topic}: stopped before everything was read`,
      }),
    );
    await within(this.#consumer.disconnect(), STOP_DEADLINE_MS, 'the reader to disconnect').catch(
      () => undefined,
    );
    this.#completion.finish();
  }

  async #eachBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const position = this.#positions.get(batch.partition);
    if (position === undefined || this.#stopping !== undefined) return;
    const last = Number(batch.lastOffset());
    const fit = position.check(fetchedOffsetOf(batch), last);
    if (fit.kind === 'ahead')
      return this.#consumer.seek({
        topic: batch.topic,
        partition: batch.partition,
        offset: String(fit.to),
      });
    const records = fit.kind === 'use' ? recordsOf(batch, fit.from) : [];
    try {
      if (records.length > 0) await this.#options.onRecords(records);
    } catch (error) {
      this.#fail(error);
      return;
    }
    position.advance(last);
    resolveOffset(batch.lastOffset());
    this.#checkCaughtUp();
  }

  #checkCaughtUp(): void {
    const behind = [...this.#positions].some(
      ([partition, position]) => position.next < (this.#ends.get(partition) ?? 0),
    );
    if (!behind) this.#caughtUp.finish();
  }

  #fail(error: unknown): void {
    this.#caughtUp.fail(error);
    this.#completion.fail(error);
    void this.stop();
  }
}
