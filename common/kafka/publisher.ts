import type { TopicName } from './topics.js';

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
  /** Resolves when the broker has stored the record; waits while the buffer is full (policy `block`). */
  publish(record: OutgoingRecord): Promise<Acknowledged>;
  stats(): PublisherStats;
  /** Resolves when everything accepted so far is acknowledged or has failed. */
  flush(): Promise<void>;
  /** Flushes and disconnects; safe to call twice. */
  close(): Promise<void>;
}
