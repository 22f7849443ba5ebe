import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKafka, loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { testLog } from '../../../support/kafka.js';
import { startKafkaProxy } from '../../../support/kafka-proxy.js';
import { startOwnBroker } from '../../../support/own-broker.js';
import { waitFor } from '../../../support/services.js';
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

  it('all, without hearing of it: whoever comes next makes its results visible', async () => {
    const { proxy, group } = await setUp();
    for (const nth of [1, 2, 3, 4]) {
      proxy.forgetTransaction({ parts: 'all', answer: 'kept' });
      // One record of every host at once: what is forgotten is the last transaction of its lane, or nearly.
      await group.publish(16, 100_000);
      await waitFor(() => proxy.forgotten() === nth, { timeoutMs: 20_000, what: 'a forgotten transaction' });
      // The next one commits its offsets, but ends only the partitions of a few hosts.
      await group.publish(3, 400);
      const [instance] = group.instances;
      if (instance === undefined) throw new Error('no instance');
      await group.stop(instance);
      await group.start(proxy.socketFactory);
      await group.settled();
      await group.drained();
    }
    expect(await group.check()).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });
});
