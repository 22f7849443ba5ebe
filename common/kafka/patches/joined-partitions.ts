import type { Message } from 'kafkajs';
import { codeOf } from '../../errors.js';
import { kafkajsInternal, replaceKafkajsModule } from './kafkajs-module.js';

const JOINS = Symbol('tidewatch.joins');

/**
 * Returns what makes a transaction's `sendBatch` add a partition to the transaction and write nothing to it: its end marker is written there all
 * the same. Only with others of its kind in one call.
 */
export function joinOnly(partition: number): Message {
  return Object.assign({ partition, value: null }, { [JOINS]: true });
}

/** What kafkajs hands to `producer/sendMessages`, as far as it is used here. */
export interface SendingParts {
  readonly cluster: {
    isConnected(): boolean;
    connect(): Promise<void>;
    refreshMetadata(): Promise<void>;
  };
  readonly eosManager: {
    addPartitionsToTransaction(
      topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
      }[],
    ): Promise<void>;
  };
  readonly retrier: <T>(attempt: (bail: (error: unknown) => void) => Promise<T>) => Promise<T>;
}

/** One call of `sendBatch`. */
export interface Sending {
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly Message[] }[];
}

type CreateSending = (parts: SendingParts) => (sending: Sending) => Promise<unknown>;

/**
 * Returns kafkajs's `producer/sendMessages` that knows {@link joinOnly}. kafkajs 2.2.4 adds a partition to a transaction only together with
 * records for it; a fence must end what may be open in partitions to which it has nothing to write.
 */
export function withJoins(createSending: CreateSending): CreateSending {
  return (parts) => {
    const send = createSending(parts);
    return (sending) => (isJoin(sending) ? join(parts, sending) : send(sending));
  };
}

function isJoin({ topicMessages }: Sending): boolean {
  const all = topicMessages.flatMap(({ messages }) => messages);
  return all.length > 0 && all.every((message) => JOINS in message);
}

/** One request; repeated where kafkajs repeats a sending, but for topics that are not there. */
function join({ cluster, eosManager, retrier }: SendingParts, { topicMessages }: Sending): Promise<void> {
  const topics = topicMessages.map(({ topic, messages }) => ({
    topic,
    partitions: messages.map(({ partition }) => ({ partition: partition ?? 0 })),
  }));
  return retrier(async (bail) => {
    try {
      await eosManager.addPartitionsToTransaction(topics);
    } catch (error) {
      if (!isPassing(error)) return bail(error);
      if (!cluster.isConnected()) await cluster.connect();
      await cluster.refreshMetadata();
      throw error;
    }
  });
}

function isPassing(error: unknown): boolean {
  return Object(error).retriable === true && codeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** Puts {@link withJoins} around kafkajs's own. */
export function patchJoinedPartitions(): void {
  const original = kafkajsInternal('producer/sendMessages') as CreateSending;
  replaceKafkajsModule('producer/sendMessages', withJoins(original));
}
