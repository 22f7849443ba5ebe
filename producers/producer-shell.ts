import type { KafkaClient } from '../common/kafka/client.js';
import type { Logger } from '../common/log.js';
import type { MetricsRegistry } from '../common/metrics.js';

/** What every producer is started with, besides its own settings. */
export interface ProducerOptions {
  readonly kafka: KafkaClient;
  /** Put before every topic name. */
  readonly topicPrefix: string;
  readonly log: Logger;
  /** Registry of this component alone. */
  readonly registry: MetricsRegistry;
  /** UUID of this run: first part of every event's identity, so that two runs never share one. */
  readonly producerId: string;
  /** Returns the time, milliseconds since the epoch. */
  readonly now: () => number;
}
