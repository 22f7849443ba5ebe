import type { Producer, TopicMessages } from 'kafkajs';
import { codeOf, TidewatchError } from '../errors.js';
import { within } from '../lifecycle.js';
import type { Logger } from '../log.js';
import type { KafkaClient } from './client.js';
import { partitionCounts } from './partition-counts.js';
import { refuseOversized } from './refuse-oversized.js';
import { type TopicName, topicName } from './topics.js';

/** One record on its way to Kafka. */
export interface OutgoingRecord {
  readonly topic: TopicName;
  /** Decides the partition (murmur2 over the topic's partitions, as Java clients do). */
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happened to a record that was published. */
export interface Acknowledged {
  /** From the call of `publish` to the broker's acknowledgement, milliseconds. */
  readonly latencyMs: number;
}

/** Counts since the publisher was opened. */
export interface PublisherStats {
  readonly published: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Records refused because the buffer was full and the policy is `drop-newest`; never silent. */
  readonly dropped: number;
  readonly acknowledgedBytes: number;
  readonly bufferedBytes: number;
}

/**
 * Publishes records outside transactions (producers use it): idempotent, one outstanding send, explicit partition, a
 * byte-bounded buffer (rule E6). Records that arrive while a send is under way share the next one.
 */
export interface Publisher {
  /**
   * Resolves when the broker has stored the record; waits while the buffer is full (policy `block`), in the order of the
   * calls. Rejects with BUFFER_FULL, CLOSED, RECORD_TOO_LARGE, or what Kafka says.
   */
  publish(record: OutgoingRecord): Promise<Acknowledged>;
  stats(): PublisherStats;
  /** Resolves when everything accepted so far is acknowledged or has failed. */
  flush(): Promise<void>;
  /** Flushes and disconnects; safe to call twice. */
  close(): Promise<void>;
}

export interface PublisherOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  /** Topics that will be published to; they must exist. */
  readonly topics: readonly TopicName[];
  /** Bound of what waits for the broker, bytes of values; default 16 MiB. */
  readonly maxBufferedBytes?: number;
  /** When the buffer is full: make the caller wait, or refuse the new record and count it. */
  readonly whenFull?: 'block' | 'drop-newest';
  /** Returns the time in milliseconds; monotonic or not, only differences are used. */
  readonly now: () => number;
}

const MIB = 1024 * 1024;
/** One send carries at most this many records; the broker's batch limit is met long before by bytes. */
const MAX_RECORDS_PER_SEND = 2_000;
/**
 * And of one key at most this many. A batch in doubt is sent a second time, and what may come twice of a host must fit into the last 64
 * ids by which `window` and the sink know a repeat, with room for what other sources of the host publish meanwhile.
 */
export const MAX_RECORDS_OF_KEY_PER_SEND = 48;
/** And at most about this many bytes, under the 1 MiB batch limit of the topics even if all go to one partition. */
const MAX_BYTES_PER_SEND = 0.75 * MIB;
/** Together below the 8 s that a process gives its parts to stop (common/lifecycle.ts). */
const FLUSH_DEADLINE_MS = 5_000;
const DISCONNECT_DEADLINE_MS = 1_000;

interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly since: number;
  readonly resolve: (acknowledged: Acknowledged) => void;
  readonly reject: (error: unknown) => void;
}

/** Connects and returns a publisher. Throws TOPIC_MISSING when a topic is not there. */
export async function createPublisher(options: PublisherOptions): Promise<Publisher> {
  const names = options.topics.map((topic) => topicName(options.topicPrefix, topic));
  const admin = options.kafka.admin();
  await admin.connect();
  try {
    const publisher = new SingleFlightPublisher(options, await partitionCounts(admin, names));
    await publisher.connect();
    return publisher;
  } finally {
    await admin.disconnect();
  }
}

/**
 * One idempotent producer with one send outstanding at any time. kafkajs 2.2.4 loses an acknowledged record and stores
 * another twice when a response is lost while two sends are under way (sequence numbers are rolled back), and re-runs
 * the partitioner on retries; single flight and explicit partitions make both impossible.
 */
class SingleFlightPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #partitions: ReadonlyMap<string, number>;
  readonly #waiting: Waiting[] = [];
  readonly #spaceWaiters: (() => void)[] = [];
  #producer: Producer;
  #sending: Promise<void> | undefined;
  #closed = false;
  #counts = { published: 0, acknowledged: 0, failed: 0, dropped: 0, acknowledgedBytes: 0, bufferedBytes: 0 };

  constructor(options: PublisherOptions, partitions: ReadonlyMap<string, number>) {
    this.#options = options;
    this.#partitions = partitions;
    this.#producer = this.#newProducer();
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async publish(record: OutgoingRecord): Promise<Acknowledged> {
    if (this.#closed)
      throw new TidewatchError({
        code: 'CLOSED',
        retriable: false,
        message: 'publishing a record: the publisher is closed',
      });
    refuseOversized(record);
    if (!this.#isFull() && this.#spaceWaiters.length === 0) return this.#enqueue(record);
    if (this.#options.whenFull === 'drop-newest') {
      this.#counts.dropped += 1;
      throw new TidewatchError({
        code: 'BUFFER_FULL',
        retriable: true,
        message: 'publishing a record: the buffer is full',
        facts: { limit: this.#limit },
      });
    }
    return new Promise((resolve, reject) => {
      this.#spaceWaiters.push(() => this.#enqueue(record).then(resolve, reject));
    });
  }

  stats(): PublisherStats {
    return { ...this.#counts };
  }

  async flush(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await within(this.flush(), FLUSH_DEADLINE_MS, 'the last records to be acknowledged');
    } finally {
      await within(this.#producer.disconnect(), DISCONNECT_DEADLINE_MS, 'the producer to disconnect');
    }
  }

  get #limit(): number {
    return this.#options.maxBufferedBytes ?? 16 * MIB;
  }

  #isFull(): boolean {
    return this.#counts.bufferedBytes > this.#limit;
  }

  #enqueue(record: OutgoingRecord): Promise<Acknowledged> {
    const bytes = (record.value?.length ?? 0) + record.key.length + 64;
    this.#counts.published += 1;
    this.#counts.bufferedBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, bytes, since: this.#options.now(), resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Yields once first, so that records published in one turn of the event loop share a send. */
  async #sendAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#sendNext();
    this.#sending = undefined;
  }

  async #sendNext(): Promise<void> {
    const batch = this.#takeBatch();
    try {
      await this.#sendUntilStored(batch);
      const now = this.#options.now();
      for (const { bytes, since, resolve } of batch) {
        this.#counts.acknowledged += 1;
        this.#counts.acknowledgedBytes += bytes;
        resolve({ latencyMs: now - since });
      }
    } catch (error) {
      this.#counts.failed += batch.length;
      for (const { reject } of batch) reject(error);
    } finally {
      for (const { bytes } of batch) this.#counts.bufferedBytes -= bytes;
      // In the order of their calls: a record that waited must not be overtaken by a newer one of the same key.
      while (!this.#isFull() && this.#spaceWaiters.length > 0) this.#spaceWaiters.shift()?.();
    }
  }

  /**
   * A producer whose send has failed is never used again: kafkajs rolls its sequence numbers back for every partition of
   * the request, also for those that have stored it, and the broker would take the next records there for repeats:
   * acknowledged, never stored. After a fatal state (fenced, sequence lost) the batch in doubt is sent again.
   */
  async #sendUntilStored(batch: readonly Waiting[]): Promise<void> {
    const topicMessages = this.#toMessages(batch);
    try {
      await this.#sendOnce(topicMessages);
    } catch (error) {
      if (!FATAL_PRODUCER_TYPES.has(codeOf(error))) throw error;
      this.#options.log.warn(
        { err: error },
        'producer state lost, continuing with a new one; the batch in doubt may be stored twice',
      );
      await this.#sendOnce(topicMessages);
    }
  }

  async #sendOnce(topicMessages: TopicMessages[]): Promise<void> {
    try {
      await this.#producer.sendBatch({ topicMessages, acks: -1 });
    } catch (error) {
      await this.#replaceProducer();
      throw error;
    }
  }

  async #replaceProducer(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined);
    this.#producer = this.#newProducer();
    await this.#producer.connect();
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    const ofKeys = new Map<string, number>();
    for (const waiting of this.#waiting) {
      const ofKey = ofKeys.get(waiting.record.key) ?? 0;
      if (count >= MAX_RECORDS_PER_SEND || ofKey >= MAX_RECORDS_OF_KEY_PER_SEND) break;
      if (count > 0 && bytes + waiting.bytes > MAX_BYTES_PER_SEND) break;
      ofKeys.set(waiting.record.key, ofKey + 1);
      bytes += waiting.bytes;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #toMessages(batch: readonly Waiting[]): TopicMessages[] {
    const byTopic = new Map<string, TopicMessages>();
    for (const { record } of batch) {
      const topic = topicName(this.#options.topicPrefix, record.topic);
      const messages = byTopic.get(topic) ?? { topic, messages: [] };
      byTopic.set(topic, messages);
      const partition = this.#options.kafka.partitionOf(record.key, this.#partitions.get(topic) ?? 1);
      messages.messages.push({
        key: record.key,
        value: record.value,
        headers: { ...record.headers },
        partition,
      });
    }
    return [...byTopic.values()];
  }

  #newProducer(): Producer {
    return this.#options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
  }
}

/** Errors after which an idempotent producer can never send again (OutOfOrderSequence, InvalidProducerEpoch, UnknownProducerId). */
const FATAL_PRODUCER_TYPES = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'UNKNOWN_PRODUCER_ID',
]);
