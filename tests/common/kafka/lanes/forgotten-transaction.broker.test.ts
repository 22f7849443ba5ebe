import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKafka, loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { LaneProducer } from '../../../../common/kafka/lanes/lane-producer.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { testLog } from '../../../support/kafka.js';
import { startKafkaProxy } from '../../../support/kafka-proxy.js';
import { startOwnBroker } from '../../../support/own-broker.js';
import { consoleConsume, uniqueName, waitFor } from '../../../support/services.js';
import { EXACT_SUMS, SumGroup } from '../../../support/sum-group.js';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Lets the brokers take records and offsets of transactions that their coordinator knows nothing of, as Kafka before 3.6 did. */
async function verifyNothing(brokers: string[]): Promise<void> {
  const { ConfigResourceTypes } = loadPatchedKafkajs();
  const admin = createKafka({ brokers, clientId: 'test' }, testLog()).admin();
  await admin.connect();
  const { brokers: nodes } = await admin.describeCluster();
  const configEntries = [{ name: 'transaction.partition.verification.enable', value: 'false' }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: nodes.map(({ nodeId }) => ({
      type: ConfigResourceTypes.BROKER,
      name: String(nodeId),
      configEntries,
    })),
  });
  await admin.disconnect();
}

/** A sum group of one instance on a broker of its own, behind a proxy that makes its coordinator forget. */
async function setUp() {
  const broker = await startOwnBroker();
  ends.push(() => broker.remove());
  await verifyNothing(broker.brokers);
  const proxy = await startKafkaProxy(broker.brokers[0] ?? '');
  ends.push(() => proxy.close());
  const group = new SumGroup(broker.brokers);
  ends.push(() => group.close());
  await group.makeTopics();
  await group.start(proxy.socketFactory);
  await group.settled();
  await group.publish(400, 400);
  return { proxy, group };
}

vi.setConfig({ testTimeout: 120_000 });

describe('a lane of whose transaction the coordinator has forgotten', () => {
  it.each([
    ['all: ends what is open, so that its repetition is the only one that is ever read', 'all'],
    ['the offsets: goes on behind its results, which are there', 'offsets'],
    ['the results: makes them visible, because its offsets are committed', 'outputs'],
  ] as const)('%s', async (_, parts) => {
    const { proxy, group } = await setUp();
    for (const nth of [1, 2, 3]) {
      proxy.forgetTransaction({ parts, answer: 'lost' });
      await group.publish(400, 400);
      await waitFor(() => proxy.forgotten() === nth, { timeoutMs: 20_000, what: 'a forgotten transaction' });
      await group.drained();
    }
    expect(await group.check()).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });

  it('all, without hearing of it: ends it with the next, before one that fails could take along what that wrote nothing to', async () => {
    const { proxy, group } = await setUp();
    const kafka = group.client(proxy.socketFactory);
    const topic = topicName(group.prefix, 'predictions');
    const scope = { topics: [topic], partitions: [0, 1], groupId: uniqueName('g') };
    const write = (producer: LaneProducer, value: string, partitions: readonly number[]) =>
      producer.commit({
        rounds: [[{ topic, messages: partitions.map((partition) => ({ partition, value })) }]],
        groupId: scope.groupId,
        inputTopic: topicName(group.prefix, 'metrics'),
        offsets: partitions.map((partition) => ({ partition, offset: 1, metadata: '' })),
      });
    const owner = async () => {
      const producer = new LaneProducer(kafka, scope.groupId, 10_000);
      ends.push(() => producer.discard());
      await producer.fence(scope, async () => ({ end: 'abort' }));
      return producer;
    };
    const first = await owner();
    await write(first, 'known', [0, 1]);
    const { brokers } = group;
    const visible = async () => (await consoleConsume({ topic, brokers, idleMs: 3_000 })).sort();
    // Its end markers are written, so that nothing of it can end the next one.
    expect(await visible()).toEqual(['known', 'known']);
    proxy.forgetTransaction({ parts: 'all', answer: 'kept' });
    await write(first, 'forgotten', [0, 1]);
    await write(first, 'next', [0]);
    proxy.arm({ api: 'EndTxn', loses: 'request', times: 1 });
    await expect(write(first, 'failed', [0, 1])).rejects.toThrow();
    await owner();
    expect(await visible()).toEqual(['forgotten', 'forgotten', 'known', 'known', 'next']);
  });
});
