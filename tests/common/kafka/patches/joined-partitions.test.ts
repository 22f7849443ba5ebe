import { describe, expect, it } from 'vitest';
import { joinOnly, type Sending, withJoins } from '../../../../common/kafka/patches/joined-partitions.js';

const JOINS: Sending = {
  topicMessages: [
    { topic: 'a', messages: [joinOnly(0), joinOnly(3)] },
    { topic: 'b', messages: [joinOnly(0)] },
  ],
};

/** A protocol error as kafkajs throws it. */
function answer(type: string): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, retriable: true });
}

/** kafkajs's parts: whatever is added to the transaction is noted, after the given failures. */
function setUp(failures: readonly Error[] = []) {
  const left = [...failures];
  const added: unknown[] = [];
  const sent: Sending[] = [];
  const connected: string[] = [];
  const send = withJoins(() => async (sending) => void sent.push(sending))({
    cluster: {
      isConnected: () => connected.length > 0,
      connect: async () => void connected.push('connect'),
      refreshMetadata: async () => void connected.push('refresh'),
    },
    eosManager: {
      addPartitionsToTransaction: async (topics) => {
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        added.push(topics);
      },
    },
    retrier: async (attempt) => {
      for (;;) {
        let bailed: unknown;
        try {
          const result = await attempt((error) => {
            bailed = error;
          });
          if (bailed === undefined) return result;
        } catch {
          continue;
        }
        throw bailed;
      }
    },
  });
  return { send, added, sent, connected };
}

describe('joining a transaction', () => {
  it('adds the partitions and sends nothing', async () => {
    const { send, added, sent } = setUp();
    await send(JOINS);
    expect(added).toEqual([
      [
        { topic: 'a', partitions: [{ partition: 0 }, { partition: 3 }] },
        { topic: 'b', partitions: [{ partition: 0 }] },
      ],
    ]);
    expect(sent).toEqual([]);
  });

  it('leaves every other sending to kafkajs', async () => {
    const { send, added, sent } = setUp();
    const sending: Sending = { topicMessages: [{ topic: 'a', messages: [{ partition: 0, value: 'x' }] }] };
    const nothing: Sending = { topicMessages: [] };
    const empty: Sending = { topicMessages: [{ topic: 'a', messages: [] }] };
    for (const one of [sending, nothing, empty]) await send(one);
    expect(sent).toEqual([sending, nothing, empty]);
    expect(added).toEqual([]);
  });

  it('asks again while something passes, on a connection that is made anew, and gives up on a topic that is not there', async () => {
    const patient = setUp([answer('CONCURRENT_TRANSACTIONS'), answer('NOT_COORDINATOR_FOR_GROUP')]);
    await patient.send(JOINS);
    expect(patient.added).toHaveLength(1);
    expect(patient.connected).toEqual(['connect', 'refresh', 'refresh']);
    for (const error of [answer('UNKNOWN_TOPIC_OR_PARTITION'), new Error('TOPIC_AUTHORIZATION_FAILED')]) {
      const refused = setUp([error]);
      await expect(refused.send(JOINS)).rejects.toBe(error);
      expect(refused.added).toEqual([]);
    }
  });
});
