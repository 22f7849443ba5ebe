import { kafkajsInternal } from './kafkajs-module.js';

interface ConsumerGroupPrototype {
  recoverFromFetch(this: ConsumerGroupState, error: Error): Promise<void>;
  [PATCHED]?: boolean;
}

interface ConsumerGroupState {
  readonly cluster: { getNodeIds(): unknown[]; refreshMetadata(): Promise<void> };
}

const PATCHED = Symbol.for('tidewatch.closed-connection');

/**
 * Lets a consumer survive a connection that is cut during a fetch.
 *
 * kafkajs 2.2.4 (consumer/consumerGroup, recoverFromFetch) answers it by taking the broker out of its pool, and looks the
 * brokers up again only at the next fetch. Does anything else fail before that (a heartbeat), its fetchers start over, find
 * the pool of a cluster of one broker empty, and the consumer ends with KafkaJSNoBrokerAvailableError: seen once in 3 runs
 * of the cuts of tests/integrity on a busy machine. Here the brokers are looked up before anything else happens.
 */
export function patchClosedConnection(): void {
  const { prototype } = kafkajsInternal('consumer/consumerGroup') as { prototype: ConsumerGroupPrototype };
  if (prototype[PATCHED] === true) return;
  const original = prototype.recoverFromFetch;
  prototype.recoverFromFetch = async function recoverWithBrokers(this: ConsumerGroupState, error) {
    await original.call(this, error);
    if (this.cluster.getNodeIds().length === 0) await this.cluster.refreshMetadata();
  };
  prototype[PATCHED] = true;
}
