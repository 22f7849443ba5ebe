import type { Admin } from 'kafkajs';
import { afterEach, describe, expect, it } from 'vitest';
import { type DeadLetters, DeadLetterWriter } from '../../../../common/kafka/delivery/dead-letter-writer.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { kafkaClient, testLog } from '../../../support/kafka.js';
import { consoleConsume, uniqueName } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const member = () => Promise.resolve();
const gone = () => Promise.reject(new Error('the group went on without us'));
const never = new AbortController().signal;

async function setUp() {
  const prefix = await makeTopics();
  const groupId = uniqueName('g');
  const admin: Admin = kafkaClient().admin();
  await admin.connect();
  closers.push(() => admin.disconnect());
  const writer = () => {
    const made = new DeadLetterWriter({
      kafka: kafkaClient(),
      admin,
      groupId,
      application: 'test',
      log: testLog(),
      random: () => 0,
    });
    closers.push(() => made.close());
    return made;
  };
  const work = (offsets: readonly number[], next: number): DeadLetters => ({
    topic: topicName(prefix, 'metrics'),
    partition: 1,
    deadLetterTopic: topicName(prefix, 'metricsDeadLetter'),
    letters: offsets.map((offset) => ({
      offset,
      message: { key: null, value: `letter-${offset}`, partition: 1 },
    })),
    next,
  });
  const letters = () => consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter'), idleMs: 2_000 });
  const committed = async () => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topicName(prefix, 'metrics')] });
    return found?.partitions.find(({ partition }) => partition === 1)?.offset;
  };
  return { writer, work, letters, committed };
}

describe('DeadLetterWriter', () => {
  it('writes nothing that the former owner has committed, and the rest of a batch that it had begun', async () => {
    const { writer, work, letters, committed } = await setUp();
    await writer().commit(work([0, 2], 3), never, member);
    const successor = writer();
    await successor.commit(work([0, 2], 3), never, member);
    await successor.commit(work([2, 5], 6), never, member);
    expect(await letters()).toEqual(['letter-0', 'letter-2', 'letter-5']);
    expect(await committed()).toBe('6');
  });

  it('refuses the transaction of an owner that has a successor, and leaves no trace of it', async () => {
    const { writer, work, letters, committed } = await setUp();
    const zombie = writer();
    await zombie.commit(work([0], 1), never, member);
    const successor = writer();
    await successor.commit(work([2], 3), never, member);
    await expect(zombie.commit(work([1], 2), never, gone)).rejects.toThrow('the group went on without us');
    await successor.commit(work([4], 5), never, member);
    expect(await letters()).toEqual(['letter-0', 'letter-2', 'letter-4']);
    expect(await committed()).toBe('5');
  });
});
