import type { Message, Producer, Transaction } from 'kafkajs';
import { codeOf } from '../../errors.js';
import { pause, within } from '../../lifecycle.js';
import type { KafkaClient } from '../client.js';
import { joinOnly } from '../patches/joined-partitions.js';
import type { Settlement } from './forgotten-transaction.js';

/** kafkajs waits 300 ms after CONCURRENT_TRANSACTIONS by default (4 transactions a second); these waits give 60 to 80. */
const TRANSACTION_RETRY = {
  initialRetryTime: 10,
  multiplier: 1.5,
  maxRetryTime: 500,
  factor: 0.2,
  retries: Number.MAX_SAFE_INTEGER,
} as const;
const DISCONNECT_DEADLINE_MS = 5_000;
const OFFSET_ATTEMPTS = 200;

/** Where one input partition stands once the transaction is committed. */
export interface CommittedOffset {
  readonly partition: number;
  /** Next offset to read. */
  readonly offset: number;
  readonly metadata: string;
}

/** Records of one transaction in the order of sending: each round is one `sendBatch`, bounded in bytes per partition. */
export type SendRound = readonly { readonly topic: string; readonly messages: Message[] }[];

/** Partitions by topic. */
type Places = ReadonlyMap<string, ReadonlySet<number>>;

type SentOffsets = Parameters<Transaction['sendOffsets']>[0];

/** What one transaction writes. */
export interface TransactionContent {
  readonly rounds: readonly SendRound[];
  readonly groupId: string;
  readonly inputTopic: string;
  readonly offsets: readonly CommittedOffset[];
}

/** Everything that a lane's transactions may have written to. */
export interface LaneScope {
  /** Full names of the topics. */
  readonly topics: readonly string[];
  /** Partitions of the lane, the same in every topic. */
  readonly partitions: readonly number[];
  readonly groupId: string;
}

/**
 * The transactional producer of one lane. One transaction at a time; after any error the whole object is thrown away,
 * because kafkajs 2.2.4 stays in COMMITTING for ever after a failed EndTxn (rule E3).
 */
export class LaneProducer {
  readonly #producer: Producer;
  /** What the transaction before wrote to. */
  #before: Places = new Map();

  constructor(kafka: KafkaClient, transactionalId: string, transactionTimeoutMs: number) {
    this.#producer = kafka.producer({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: TRANSACTION_RETRY,
    });
  }

  /**
   * Connects, fences the former owner of the lane and ends what it may have left open: the transaction that the coordinator knows of, and then, by an
   * empty one over the whole scope, any that it has forgotten. Kafka 4.3.1, restarted after a kill, can take a committed transaction for complete
   * without having written its end markers (while a partition has no leader, its coordinator takes it for deleted).
   * @param takeStock asked once the former owner is fenced: whether what is open is committed or aborted; its answer is returned
   */
  async fence<S extends Pick<Settlement, 'end'>>(scope: LaneScope, takeStock: () => Promise<S>): Promise<S> {
    await this.#producer.connect();
    const transaction = await this.#producer.transaction();
    const settlement = await takeStock();
    // One after another: where one is refused, the broker answers for all others of the request that it did not try them.
    for (const topic of scope.topics) await join(transaction, new Map([[topic, new Set(scope.partitions)]]));
    await this.#addOffsets(transaction, { consumerGroupId: scope.groupId, topics: [] });
    await (settlement.end === 'commit' ? transaction.commit() : transaction.abort());
    return settlement;
  }

  /**
   * Writes everything and commits, or throws; what was written then is invisible to read_committed readers. The partitions of the transaction before
   * are part of this one: should its markers have been forgotten, these end it together with its offsets, which are committed under the same producer id.
   */
  async commit(content: TransactionContent): Promise<void> {
    const transaction = await this.#producer.transaction();
    const written = placesOf(content.rounds);
    // With its own, so that kafkajs finds all of them added and asks no more.
    await join(transaction, together(this.#before, written));
    for (const round of content.rounds) await transaction.sendBatch({ topicMessages: [...round], acks: -1 });
    this.#before = written;
    const partitions = content.offsets.map(({ partition, offset, metadata }) => ({
      partition,
      offset: String(offset),
      metadata,
    }));
    await this.#addOffsets(transaction, {
      consumerGroupId: content.groupId,
      topics: [{ topic: content.inputTopic, partitions }],
    });
    await transaction.commit();
  }

  /** AddOffsetsToTxn has no retry in kafkajs: back to back with nothing sent before it, 81 of 200 such transactions failed. */
  async #addOffsets(transaction: Transaction, offsets: SentOffsets): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transaction.sendOffsets(offsets);
      } catch (error) {
        if (codeOf(error) !== 'CONCURRENT_TRANSACTIONS' || attempt >= OFFSET_ATTEMPTS) throw error;
        await pause(Math.min(10 * attempt, 100));
      }
    }
  }

  /** Disconnects without waiting for ever: kafkajs's disconnect can hang on a pending request. Never throws. */
  async discard(): Promise<void> {
    await within(
      this.#producer.disconnect(),
      DISCONNECT_DEADLINE_MS,
      'the lane producer to disconnect',
    ).catch(() => undefined);
  }
}

/** Adds partitions to a transaction that writes nothing to them. */
async function join(transaction: Transaction, places: Places): Promise<void> {
  if (places.size === 0) return;
  const topicMessages = [...places].map(([topic, partitions]) => ({
    topic,
    messages: [...partitions].map(joinOnly),
  }));
  await transaction.sendBatch({ topicMessages });
}

function placesOf(rounds: readonly SendRound[]): Places {
  const places = new Map<string, Set<number>>();
  for (const { topic, messages } of rounds.flat()) {
    const partitions = places.get(topic) ?? new Set();
    places.set(topic, partitions);
    for (const { partition } of messages) if (partition !== undefined) partitions.add(partition);
  }
  return places;
}

function together(some: Places, others: Places): Places {
  const all = new Map(some);
  for (const [topic, partitions] of others)
    all.set(topic, new Set([...(all.get(topic) ?? []), ...partitions]));
  return all;
}
