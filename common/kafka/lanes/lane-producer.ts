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
   * Connects, fences the former owner of the lane and ends the transaction that it may have left open; then, if there is something else open, that, by an
   * empty transaction over the whole scope. Kafka 4.3.1, restarted after a kill, can take a committed transaction for complete without having written its
   * end markers (while a partition has no leader, its coordinator takes it for deleted).
   * @param takeStock asked once the former owner is fenced: how to end what is open; its answer is returned
   */
  async fence<S extends Pick<Settlement, 'end'>>(scope: LaneScope, takeStock: () => Promise<S>): Promise<S> {
    await this.#producer.connect();
    const transaction = await this.#producer.transaction();
    const settlement = await takeStock();
    if (settlement.end === 'nothing') {
      // Nothing has been added to it: no request leaves.
      await transaction.abort();
      return settlement;
    }
    // One after another: where one is refused, the broker answers for all others of the request that it did not try them.
    for (const topic of scope.topics)
      await transaction.sendBatch({ topicMessages: [{ topic, messages: scope.partitions.map(joinOnly) }] });
    await this.#addOffsets(transaction, { consumerGroupId: scope.groupId, topics: [] });
    await (settlement.end === 'commit' ? transaction.commit() : transaction.abort());
    return settlement;
  }

  /** Writes everything and commits, or throws; what was written then is invisible to read_committed readers. */
  async commit(content: TransactionContent): Promise<void> {
    const transaction = await this.#producer.transaction();
    for (const round of content.rounds) await transaction.sendBatch({ topicMessages: [...round], acks: -1 });
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
