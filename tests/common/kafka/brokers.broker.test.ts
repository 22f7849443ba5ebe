import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { applyTopics } from '../../../common/kafka/apply-topics.js';
import { type CommittedOffset, LaneProducer } from '../../../common/kafka/lanes/lane-producer.js';
import { groupOffsets, startingPoints } from '../../../common/kafka/lanes/starting-points.js';
import { topicSettings } from '../../../common/kafka/settings.js';
import { readTopic, type TopicReader } from '../../../common/kafka/topic-reader.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { consoleConsume, uniqueName } from '../../support/services.js';

const admin: Admin = kafkaClient().admin();
const readers: TopicReader[] = [];

beforeAll(() => admin.connect());
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.stop()));
});
afterAll(() => admin.disconnect());

async function makeTopic(config: Record<string, string> = {}): Promise<string> {
  const topic = uniqueName('topic');
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
  return topic;
}

/** Opens a transaction of a producer of its own. */
async function begin(topic: string) {
  const producer = kafkaClient().producer({
    transactionalId: uniqueName('tx'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  return {
    send: (value: string, key: Buffer | string = 'k') =>
      transaction.send({ topic, messages: [{ key, value, partition: 0 }] }),
    end: async (how: 'commit' | 'abort') => {
      await transaction[how]();
      await producer.disconnect();
    },
  };
}

async function read(topic: string, readUncommitted = false): Promise<string[]> {
  const values: string[] = [];
  const reader = await readTopic({
    kafka: kafkaClient(),
    topic,
    groupPrefix: '',
    from: 'beginning',
    readUncommitted,
    onRecords: (records) => {
      for (const { value } of records) values.push(String(value));
    },
    log: testLog(),
  });
  readers.push(reader);
  await reader.caughtUp;
  return values;
}

describe('a reader of committed records', () => {
  it('sees what the console consumer sees when aborted transactions interleave, also with a key of zeros', async () => {
    const topic = await makeTopic();
    const [first, second] = [await begin(topic), await begin(topic)];
    await first.send('aborted a1');
    await second.send('aborted b1');
    await first.send('aborted a2', Buffer.alloc(4));
    await first.send('aborted a3');
    await second.end('abort');
    await first.send('aborted a4');
    await first.end('abort');
    const third = await begin(topic);
    await third.send('kept 1', Buffer.alloc(4));
    await third.send('kept 2');
    await third.end('commit');
    expect(await read(topic)).toEqual(['kept 1', 'kept 2']);
    expect(await consoleConsume({ topic, idleMs: 2_000 })).toEqual(['kept 1', 'kept 2']);
    expect(await read(topic, true)).toHaveLength(7);
  });

  it('has caught up with a topic that ends in an aborted transaction, and with one that holds nothing else', async () => {
    const topic = await makeTopic();
    const aborted = await begin(topic);
    await aborted.send('never');
    await aborted.end('abort');
    expect(await read(topic)).toEqual([]);
    const committed = await begin(topic);
    await committed.send('kept');
    await committed.end('commit');
    const last = await begin(topic);
    await last.send('never');
    await last.end('abort');
    expect(await read(topic)).toEqual(['kept']);
  });

  it('tells whoever waits for it that it was stopped', async () => {
    const topic = await makeTopic();
    const written = await begin(topic);
    await written.send('unread');
    await written.end('commit');
    const reader = await readTopic({
      kafka: kafkaClient(),
      topic,
      groupPrefix: '',
      from: 'beginning',
      onRecords: () => undefined,
      log: testLog(),
    });
    await Promise.all([expect(reader.caughtUp).rejects.toMatchObject({ code: 'STOPPED' }), reader.stop()]);
    await reader.done;
  });
});

describe('a position that retention has deleted', () => {
  async function deletedUpTo(offset: number): Promise<string> {
    const topic = await makeTopic();
    const producer = kafkaClient().producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = Array.from({ length: 20 }, (_, index) => ({ value: String(index), partition: 0 }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    // kafkajs finds leaders only of topics that its admin client has heard of.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    return topic;
  }

  async function commit(groupId: string, inputTopic: string, offset: CommittedOffset): Promise<void> {
    const producer = new LaneProducer(kafkaClient(), groupId, 10_000);
    await producer.fence({ topics: [], partitions: [0], groupId }, async () => ({ end: 'nothing' }));
    await producer.commit({ rounds: [], groupId, inputTopic, offsets: [offset] });
    await producer.discard();
  }

  it('ends the consumer with OFFSET_OUT_OF_RANGE and leaves the offset of the group alone', async () => {
    const topic = await deletedUpTo(15);
    const groupId = uniqueName('g');
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '5' }] });
    const consumer = kafkaClient().consumer({
      groupId,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    const crashed = new Promise<Error>((resolve) =>
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error)),
    );
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
    expect((await crashed).message).toContain('outside the log');
    await consumer.disconnect();
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    expect(offsets?.partitions[0]?.offset).toBe('5');
  });

  it('is where a lane counts what it lost and goes on from the start of the log', async () => {
    const topic = await deletedUpTo(15);
    const groupId = uniqueName('g');
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '5' }] });
    let lost = 0;
    const points = await startingPoints({
      admin,
      groupId,
      inputTopic: topic,
      next: new Map(),
      stateTopic: undefined,
      partitions: [0],
      log: testLog(),
      onLost: (records) => {
        lost += records;
      },
    });
    expect(points.get(0)).toMatchObject({ committed: 15, restore: 15 });
    expect(lost).toBe(10);
  });

  it('is where a lane goes on behind results that are there, unless the log does not go so far', async () => {
    const topic = await deletedUpTo(15);
    const groupId = uniqueName('g');
    const offset = { partition: 0, offset: 17, metadata: 'v1;restore=16' };
    await commit(groupId, topic, offset);
    const startAt = async (next: number) => {
      const query = { admin, groupId, inputTopic: topic, stateTopic: undefined, partitions: [0] };
      const options = { ...query, next: new Map([[0, next]]), log: testLog(), onLost: () => undefined };
      return (await startingPoints(options)).get(0);
    };
    expect(await startAt(19)).toMatchObject({ committed: 19, restore: 16 });
    expect(await startAt(11)).toMatchObject({ committed: 17, restore: 16 });
    expect(await startAt(900)).toMatchObject({ committed: 17, restore: 16 });
    // A group that has been deleted does all of it again.
    await admin.deleteGroups([groupId]);
    expect(await startAt(19)).toMatchObject({ committed: 15, restore: 15 });
  });

  it('is the group’s own where a lane committed it or nobody did, not where someone has set it', async () => {
    const topic = await deletedUpTo(15);
    const [ours, set, none] = [uniqueName('g'), uniqueName('g'), uniqueName('g')];
    await commit(ours, topic, { partition: 0, offset: 17, metadata: 'v1;restore=16' });
    await admin.setOffsets({ groupId: set, topic, partitions: [{ partition: 0, offset: '18' }] });
    const offsetOf = async (groupId: string) =>
      (await groupOffsets({ admin, groupId, inputTopic: topic, partitions: [0] })).get(0);
    expect(await offsetOf(ours)).toEqual({ committed: 17, start: 17, isOurs: true });
    expect(await offsetOf(set)).toEqual({ committed: 18, start: 18, isOurs: false });
    expect(await offsetOf(none)).toEqual({ committed: -1, start: 15, isOurs: true });
  });
});

describe('applyTopics', () => {
  const settings = (partitions: number) =>
    readSettings(topicSettings, {
      values: { TOPIC_PARTITIONS: String(partitions) },
      readFile: () => '',
    });

  it('makes what is missing, changes nothing the second time, and refuses another number of partitions', async () => {
    const prefix = `${uniqueName('apply')}.`;
    const actions = async (partitions: number) =>
      new Set((await applyTopics(admin, prefix, settings(partitions))).map(({ action }) => action));
    expect(await actions(3)).toEqual(new Set(['create']));
    expect(await actions(3)).toEqual(new Set(['keep']));
    await expect(actions(4)).rejects.toMatchObject({ code: 'PARTITIONS_DIFFER' });
  });
});
