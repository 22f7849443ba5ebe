import type { Logger } from '../../log.js';
import type { Random } from '../../random.js';
import type { KafkaClient } from '../client.js';
import type { BackoffBounds } from './backoff.js';
import type { DeliveryObserver } from './delivery.js';
import type { DeliveryTarget } from './target.js';

/** A topic to deliver, by its full name, and where its records go that cannot be delivered. */
export interface DeliveryInput {
  readonly topic: string;
  /** Partitioned like `topic`. Null: such records are logged and counted, and passed over. */
  readonly deadLetter: string | null;
}

/** Bounds of the loop; {@link DELIVERY_LIMITS} are the defaults. */
export interface DeliveryLimits {
  /** A group of batches is closed when it holds so many records, or so many bytes of values. */
  readonly maxGroupRecords: number;
  readonly maxGroupBytes: number;
  /** Most bytes fetched from one partition, and from one broker, at a time. */
  readonly maxPartitionBytes: number;
  readonly maxFetchBytes: number;
  /** Silence after which the group gives the partitions to others; the watchdog allows three times as much. */
  readonly sessionTimeoutMs: number;
  /** Longest time that a stop lets the write under way go on; leaving takes 2.5 s more at most. */
  readonly stopMs: number;
  /** Waits while the target is dead. */
  readonly backoff: BackoffBounds;
}

export const DELIVERY_LIMITS: DeliveryLimits = {
  maxGroupRecords: 5_000,
  maxGroupBytes: 4 * 1024 * 1024,
  maxPartitionBytes: 512 * 1024,
  maxFetchBytes: 4 * 1024 * 1024,
  sessionTimeoutMs: 30_000,
  stopMs: 3_500,
  backoff: { minMs: 100, maxMs: 30_000 },
};

export interface DeliveryOptions<T> {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  /** Named in dead letters and transactional ids. */
  readonly application: string;
  readonly instance: string;
  readonly inputs: readonly DeliveryInput[];
  readonly target: DeliveryTarget<T>;
  readonly observer: DeliveryObserver;
  readonly limits: DeliveryLimits;
  readonly log: Logger;
  readonly random: Random;
  /** Milliseconds, for durations only. */
  readonly now: () => number;
}
