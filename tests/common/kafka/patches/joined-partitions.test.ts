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
  const send = withJoins(() => async (sending) => void sent.push(sending))({
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
  return { send, added, sent };
}

describe('joining a transaction', () => {
  it('adds the partitions and sends nothing', async () => {
    const { send, added, sent } = setUp();
    await send(JOINS);
    expect(added).toEqual([
      [{ topic: 'a', partitions: [{ partition: 0 }, { partition: 3 }] }],
      [{ topic: 'b', partitions: [{ partition: 0 }] }],
    ]);
    expect(sent).toEqual([]);
  });

  it('leaves every other sending to kafkajs', async () => {
    const { send, added, sent } = setUp();
    const sending: Sending = { topicMessages: [{ topic: 'a', messages: [{ partition: 0, value: 'x' }] }] };
    const nothing: Sending = { topicMessages: [] };
    await send(sending);
    await send(nothing);
    expect(sent).toEqual([sending, nothing]);
    expect(added).toEqual([]);
  });

  it('waits for the end of the transaction before, and for nothing else', async () => {
    const patient = setUp([answer('CONCURRENT_TRANSACTIONS'), answer('CONCURRENT_TRANSACTIONS')]);
    await patient.send(JOINS);
    expect(patient.added).toHaveLength(2);
    for (const type of ['TOPIC_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION']) {
      const refused = setUp([answer(type)]);
      await expect(refused.send(JOINS)).rejects.toThrow(type);
      expect(refused.added).toEqual([]);
    }
  });
});
