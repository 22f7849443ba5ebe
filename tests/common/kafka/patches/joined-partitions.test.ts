import { describe, expect, it } from 'vitest';
import { joinOnly, type Sending, withJoins } from '../../../../common/kafka/patches/joined-partitions.js';

const JOINS: Sending = {
  topicMessages: [
    { topic: 'a', messages: [joinOnly(0), joinOnly(3)] },
    { topic: 'b', messages: [joinOnly(0)] },
  ],
};

/** A protocol error as kafkajs throws it. */
function answer(retriable: boolean): Error {
  return Object.assign(new Error('answer'), { name: 'KafkaJSProtocolError', retriable });
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
    await send(sending);
    await send(nothing);
    expect(sent).toEqual([sending, nothing]);
    expect(added).toEqual([]);
  });

  it('asks again while the coordinator says so, and gives up on anything else', async () => {
    const patient = setUp([answer(true), answer(true)]);
    await patient.send(JOINS);
    expect(patient.added).toHaveLength(1);
    const refused = setUp([answer(false)]);
    await expect(refused.send(JOINS)).rejects.toThrow('answer');
    const cut = setUp([Object.assign(new Error('cut'), { name: 'KafkaJSConnectionError', retriable: true })]);
    await expect(cut.send(JOINS)).rejects.toThrow('cut');
    expect(cut.added).toEqual([]);
  });
});
