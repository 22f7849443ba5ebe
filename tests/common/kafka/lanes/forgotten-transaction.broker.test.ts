import { afterEach, describe, expect, it } from 'vitest';
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

describe('a lane of whose transaction the coordinator has forgotten', () => {
  it.each([
    ['all of it: ends what it left open, so that its repetition is the only one that is ever read', 'all'],
    ['the offsets in it: goes on behind its results, which are there', 'offsets'],
  ] as const)('%s', { timeout: 120_000 }, async (_, what) => {
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
    for (const nth of [1, 2, 3]) {
      proxy.forgetTransaction(what);
      await group.publish(400, 400);
      await waitFor(() => proxy.forgotten() === nth, { timeoutMs: 20_000, what: 'a forgotten transaction' });
      await group.drained();
    }
    expect(await group.check()).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });
});
