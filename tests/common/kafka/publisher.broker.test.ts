import { afterEach, describe, expect, it } from 'vitest';
import { createKafka } from '../../../common/kafka/client.js';
import {
  createPublisher,
  MAX_RECORDS_OF_KEY_PER_SEND,
  type Publisher,
  type PublisherOptions,
} from '../../../common/kafka/publisher.js';
import { topicName } from '../../../common/kafka/topics.js';
import { noIds, rememberId } from '../../../detection/series/recent-ids.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { type KafkaProxy, startKafkaProxy } from '../../support/kafka-proxy.js';
import { testKafka, uniqueName, waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { consoleIds, deliveryOf, EXACTLY_ONCE, wholeTopic } from '../../support/whole-topic.js';

/** Of the protocol: the broker does not know the sequence, for example because it lost the producer's state. */
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
/** ConfigResourceTypes.TOPIC of the protocol. */
const TOPIC_RESOURCE = 2;

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function startProxy(): Promise<KafkaProxy> {
  const proxy = await startKafkaProxy(testKafka().brokers[0] ?? '');
  open.push(proxy);
  return proxy;
}

/** Lowers the size that the broker takes for one batch of a topic. */
async function limitRecords(topic: string, bytes: number): Promise<void> {
  const admin = kafkaClient().admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: TOPIC_RESOURCE, name: topic, configEntries }],
  });
  await admin.disconnect();
}

async function openPublisher(
  prefix: string,
  proxy: KafkaProxy | null,
  options: Partial<PublisherOptions> = {},
): Promise<Publisher> {
  const { brokers } = testKafka();
  const kafka =
    proxy === null
      ? kafkaClient()
      : createKafka(
          { brokers, clientId: uniqueName('proxied'), socketFactory: proxy.socketFactory },
          testLog(),
        );
  const publisher = await createPublisher({
    kafka,
    log: testLog(),
    topicPrefix: prefix,
    topics: ['metrics'],
    now: () => performance.now(),
    ...options,
  });
  open.push(publisher);
  return publisher;
}

const record = (id: string, key: string, value: Buffer = Buffer.from(id)) => ({
  topic: 'metrics' as const,
  key,
  value,
  headers: { 'tidewatch-id': id },
});

describe('the publisher', () => {
  it('loses and doubles nothing when responses and requests of concurrent publishes are cut off', async () => {
    const prefix = await makeTopics(4);
    const proxy = await startProxy();
    const publisher = await openPublisher(prefix, proxy);
    const ids: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      proxy.arm({ api: 'Produce', loses: round % 3 === 2 ? 'request' : 'response', times: 1 });
      // Two waves: the second arrives while the first is under way, which is where kafkajs reuses a sequence number.
      const waves = [0, 1].map(async (wave) => {
        if (wave === 1) await new Promise((resolve) => setImmediate(resolve));
        const wanted = Array.from({ length: 20 }, (_, index) => `${round}-${wave}-${index}`);
        ids.push(...wanted);
        await Promise.all(wanted.map((id, index) => publisher.publish(record(id, `host-${index}`))));
      });
      await Promise.all(waves);
    }
    expect(proxy.cutsMade('Produce', 'response')).toBe(8);
    expect(proxy.cutsMade('Produce', 'request')).toBe(4);
    expect(publisher.stats()).toMatchObject({ acknowledged: 480, failed: 0, dropped: 0, bufferedBytes: 0 });
    expect(deliveryOf(ids, await consoleIds(prefix, 'metrics'))).toEqual(EXACTLY_ONCE);
  });

  it('keeps the order of a key while its buffer is full, and never holds more than its bound and one record', async () => {
    const prefix = await makeTopics(1);
    const limit = 20_000;
    const publisher = await openPublisher(prefix, null, { maxBufferedBytes: limit });
    let largest = 0;
    const watch = () => {
      largest = Math.max(largest, publisher.stats().bufferedBytes);
    };
    let next = 200;
    const publishOne = (id: number) => publisher.publish(record(String(id), 'host', Buffer.alloc(1_000)));
    // Every acknowledgement publishes one more record: it must queue behind those that wait for space.
    await Promise.all(
      Array.from({ length: 200 }, async (_, id) => {
        const sent = publishOne(id);
        watch();
        await sent;
        const follow = next++;
        const followed = publishOne(follow);
        watch();
        await followed;
      }),
    );
    const ids = (await wholeTopic(kafkaClient(), prefix, 'metrics')).map(({ headers }) =>
      Number(headers['tidewatch-id']),
    );
    expect(ids).toEqual(Array.from({ length: 400 }, (_, id) => id));
    expect(largest).toBeLessThan(limit + 1_100);
  });

  it('refuses the newest and counts it when told not to wait', async () => {
    const prefix = await makeTopics(1);
    const publisher = await openPublisher(prefix, null, { maxBufferedBytes: 5_000, whenFull: 'drop-newest' });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, id) =>
        publisher.publish(record(String(id), 'host', Buffer.alloc(1_000))),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBe(publisher.stats().dropped);
    expect(refused).toBeGreaterThan(0);
    expect(await wholeTopic(kafkaClient(), prefix, 'metrics')).toHaveLength(20 - refused);
  });

  it('refuses a record that the topic cannot take, and sends its neighbours', async () => {
    const prefix = await makeTopics(1);
    const publisher = await openPublisher(prefix, null);
    const [good, tooLarge, alsoGood] = await Promise.allSettled([
      publisher.publish(record('a', 'host')),
      publisher.publish(record('b', 'host', Buffer.alloc(1024 * 1024))),
      publisher.publish(record('c', 'host')),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(alsoGood.status).toBe('fulfilled');
    expect(tooLarge).toMatchObject({ status: 'rejected', reason: { code: 'RECORD_TOO_LARGE' } });
    expect(await consoleIds(prefix, 'metrics')).toEqual(['a', 'c']);
  });

  it('stores what it acknowledges after a send in which one partition refused and another stored', async () => {
    const prefix = await makeTopics(1);
    await limitRecords(topicName(prefix, 'truth'), 300);
    const publisher = await openPublisher(prefix, null, { topics: ['metrics', 'truth'] });
    const refused = await Promise.allSettled([
      publisher.publish(record('a', 'host')),
      publisher.publish({ ...record('t', 'host', Buffer.alloc(2_000)), topic: 'truth' }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await publisher.publish(record('b', 'host'));
    await publisher.publish(record('c', 'host'));
    const stored = await consoleIds(prefix, 'metrics');
    expect(stored.filter((id) => id !== 'a')).toEqual(['b', 'c']);
  });

  it('may store a batch twice when the broker forgets the producer, but no more of a host than is known to be repeated', async () => {
    const prefix = await makeTopics(1);
    const proxy = await startProxy();
    const publisher = await openPublisher(prefix, proxy);
    const ids = Array.from({ length: 500 }, (_, id) => String(id));
    await publisher.publish(record('first', 'host'));
    proxy.denyStored(OUT_OF_ORDER_SEQUENCE_NUMBER);
    await Promise.all(ids.map((id) => publisher.publish(record(id, 'host'))));
    const stored = (await wholeTopic(kafkaClient(), prefix, 'metrics')).map(({ headers }) =>
      String(headers['tidewatch-id']),
    );
    expect(stored).toHaveLength(1 + ids.length + MAX_RECORDS_OF_KEY_PER_SEND);
    const recent = noIds();
    expect(stored.filter((id) => rememberId(recent, id))).toEqual(['first', ...ids]);
  });

  it('stores what it acknowledges after a batch in doubt whose second sending failed as well', async () => {
    const prefix = await makeTopics(1);
    const proxy = await startProxy();
    const publisher = await openPublisher(prefix, proxy);
    await publisher.publish(record('a', 'host'));
    proxy.denyStored(OUT_OF_ORDER_SEQUENCE_NUMBER);
    proxy.denyStored(OUT_OF_ORDER_SEQUENCE_NUMBER);
    await expect(publisher.publish(record('b', 'host'))).rejects.toThrow();
    await publisher.publish(record('c', 'host'));
    await publisher.publish(record('d', 'host'));
    const stored = await consoleIds(prefix, 'metrics');
    expect(stored.filter((id) => id !== 'b')).toEqual(['a', 'c', 'd']);
  });

  it('sends on close what it had accepted, and accepts nothing afterwards', async () => {
    const prefix = await makeTopics(2);
    const publisher = await openPublisher(prefix, null);
    const sent = Array.from({ length: 50 }, (_, id) => publisher.publish(record(String(id), `h${id}`)));
    await Promise.all([publisher.close(), ...sent]);
    await expect(publisher.publish(record('late', 'h'))).rejects.toMatchObject({ code: 'CLOSED' });
    await waitFor(async () => (await wholeTopic(kafkaClient(), prefix, 'metrics')).length === 50, {
      timeoutMs: 20_000,
      what: 'the records of a closed publisher',
    });
  });
});
