import { afterEach, describe, expect, it } from 'vitest';
import type { DeliveryObserver } from '../../../common/kafka/delivery/delivery.js';
import {
  DELIVERY_LIMITS,
  type DeliveryLoop,
  startDeliveryLoop,
} from '../../../common/kafka/delivery-loop.js';
import { topicName } from '../../../common/kafka/topics.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { consoleConsume, uniqueName, waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { ScriptedTarget } from './scripted-target.js';

const SILENT: DeliveryObserver = {
  delivered: () => undefined,
  rejected: () => undefined,
  filtered: () => undefined,
  wrote: () => undefined,
};
const PARTITIONS = 4;

const running: DeliveryLoop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((loop) => loop.stop()));
});

interface Started {
  readonly prefix: string;
  readonly group: string;
  readonly target: ScriptedTarget;
}

async function start({ prefix, group, target }: Started): Promise<DeliveryLoop> {
  const loop = await startDeliveryLoop({
    kafka: kafkaClient(),
    groupId: group,
    application: 'tidewatch-test',
    instance: 'one',
    inputs: [
      { topic: topicName(prefix, 'metrics'), deadLetter: topicName(prefix, 'metricsDeadLetter') },
      { topic: topicName(prefix, 'predictions'), deadLetter: topicName(prefix, 'predictionsDeadLetter') },
    ],
    target,
    observer: SILENT,
    limits: {
      ...DELIVERY_LIMITS,
      sessionTimeoutMs: 6_000,
      stopMs: 2_000,
      backoff: { minMs: 20, maxMs: 200 },
    },
    log: testLog(),
    random: () => 0.5,
    now: () => performance.now(),
  });
  running.push(loop);
  return loop;
}

async function setUp(): Promise<Started> {
  return { prefix: await makeTopics(PARTITIONS), group: uniqueName('g'), target: new ScriptedTarget() };
}

/** Publishes values round robin over the partitions, in a transaction when asked (its end takes an offset too). */
async function publish(topic: string, values: readonly string[], transactional = false): Promise<void> {
  const producer = kafkaClient().producer(
    transactional ? { transactionalId: uniqueName('tx'), idempotent: true, maxInFlightRequests: 1 } : {},
  );
  await producer.connect();
  const messages = values.map((value, index) => ({
    key: `k-${value}`,
    value,
    partition: index % PARTITIONS,
    headers: { origin: 'test' },
  }));
  if (transactional) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages });
    await transaction.commit();
  } else await producer.send({ topic, messages });
  await producer.disconnect();
}

async function lagOf(loop: DeliveryLoop): Promise<number> {
  return (await loop.positions()).reduce(
    (sum, { committed, low, end }) => sum + end - Math.max(committed, low),
    0,
  );
}

async function drained(loop: DeliveryLoop): Promise<void> {
  await waitFor(async () => (await lagOf(loop)) === 0, { timeoutMs: 30_000, what: 'the group to catch up' });
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('the delivery loop', () => {
  it('commits after the target took the records, never before, and delivers nothing twice', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    target.mode = 'down';
    await publish(topicName(prefix, 'metrics'), names('m', 200));
    await publish(topicName(prefix, 'predictions'), names('p', 100), true);
    const loop = await start(started);
    await waitFor(() => target.attempts >= 5, { timeoutMs: 30_000, what: 'five attempts' });
    expect(loop.targetUp()).toBe(false);
    expect((await loop.positions()).every(({ committed }) => committed === -1)).toBe(true);
    target.mode = 'up';
    await drained(loop);
    expect(loop.targetUp()).toBe(true);
    expect([...target.taken].sort()).toEqual([...names('m', 200), ...names('p', 100)].sort());
  });

  it('keeps its membership through an outage longer than the session', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    await publish(topicName(prefix, 'metrics'), names('a', 20));
    const loop = await start(started);
    await drained(loop);
    target.mode = 'down';
    await publish(topicName(prefix, 'metrics'), names('b', 20));
    const from = performance.now();
    await waitFor(() => performance.now() - from > 8_000, { timeoutMs: 20_000, what: 'more than a session' });
    target.mode = 'up';
    await drained(loop);
    expect([...target.taken].sort()).toEqual([...names('a', 20), ...names('b', 20)].sort());
  });

  it('goes on where it stopped: what was delivered is not delivered again', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    await publish(topicName(prefix, 'metrics'), names('a', 50), true);
    const first = await start(started);
    await drained(first);
    await first.stop();
    await first.done;
    await publish(topicName(prefix, 'metrics'), names('b', 50), true);
    await drained(await start(started));
    expect([...target.taken].sort()).toEqual([...names('a', 50), ...names('b', 50)].sort());
  });

  it('commits the write that a stop finds under way', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    let open: () => void = () => undefined;
    target.gate = new Promise((resolve) => {
      open = resolve;
    });
    await publish(topicName(prefix, 'metrics'), names('m', 20));
    const first = await start(started);
    await waitFor(() => target.attempts >= 1, { timeoutMs: 30_000, what: 'a write' });
    const stopped = first.stop();
    open();
    await stopped;
    const second = await start(started);
    await drained(second);
    expect(new Set(target.taken).size).toBe(20);
    expect(target.taken).toHaveLength(20);
  });

  it('stops within its deadline while the target is dead, and leaves the records in Kafka', async () => {
    for (const mode of ['down', 'hanging'] as const) {
      const started = await setUp();
      const { prefix, target } = started;
      target.mode = mode;
      await publish(topicName(prefix, 'metrics'), names('m', 20));
      const loop = await start(started);
      await waitFor(() => target.attempts >= 1, { timeoutMs: 30_000, what: 'an attempt' });
      const from = performance.now();
      await loop.stop();
      await loop.done;
      expect(performance.now() - from).toBeLessThan(6_000);
      target.mode = 'up';
      await drained(await start(started));
      expect([...target.taken].sort()).toEqual(names('m', 20).sort());
    }
  });

  it('writes each bad record into the dead letter exactly once, whole and with its reason, and nothing of its neighbours', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    const topic = topicName(prefix, 'metrics');
    await publish(topic, ['a0', 'a1', 'poison1', 'a2', 'refuse1', 'a3', 'a4', 'poison2']);
    const first = await start(started);
    await drained(first);
    await first.stop();
    await publish(topic, ['poison3', 'b0', 'b1', 'refuse2']);
    await drained(await start(started));
    expect([...target.taken].sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0', 'b1']);
    const dead = await consoleConsume({
      topic: topicName(prefix, 'metricsDeadLetter'),
      printKey: true,
      printHeaders: true,
      printPartition: true,
    });
    expect(dead.map((line) => line.split('\t').at(-1)).sort()).toEqual([
      'poison1',
      'poison2',
      'poison3',
      'refuse1',
      'refuse2',
    ]);
    const poison = dead.find((line) => line.endsWith('poison1')) ?? '';
    expect(poison).toContain('Partition:2');
    expect(poison).toContain('k-poison1');
    expect(poison).toContain('origin:test');
    expect(poison).toContain(`__connect.errors.topic:${topic}`);
    expect(poison).toContain('__connect.errors.stage:VALUE_CONVERTER');
    expect(poison).toContain('x-error-code:POISON');
    expect(dead.find((line) => line.endsWith('refuse1'))).toContain('__connect.errors.stage:TASK_PUT');
  });

  it('shares the partitions with a second member and writes no dead letter twice across rebalances', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    const topic = topicName(prefix, 'metrics');
    const values = (round: string) => [...names(`${round}-good`, 40), ...names(`poison-${round}`, 4)];
    const first = await start(started);
    await publish(topic, values('one'));
    await drained(first);
    const second = await start(started);
    await publish(topic, values('two'));
    await drained(first);
    await second.stop();
    await publish(topic, values('three'));
    await drained(first);
    expect(new Set(target.taken).size).toBe(120);
    const dead = await consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter') });
    expect([...dead].sort()).toEqual(
      ['one', 'two', 'three'].flatMap((round) => names(`poison-${round}`, 4)).sort(),
    );
  });

  it('ends with the error when the target says that settings or rights are wrong, and writes no dead letter', async () => {
    const started = await setUp();
    const { prefix, target } = started;
    target.mode = 'unauthorized';
    await publish(topicName(prefix, 'metrics'), names('m', 10));
    const loop = await start(started);
    await expect(loop.done).rejects.toMatchObject({ code: 'TARGET_LOCKED' });
    expect(await consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter'), idleMs: 2_000 })).toEqual(
      [],
    );
  });

  it('ends instead of draining a topic into the dead letter', async () => {
    const started = await setUp();
    const { prefix } = started;
    await publish(topicName(prefix, 'metrics'), names('poison', 1_000));
    const loop = await start(started);
    await expect(loop.done).rejects.toMatchObject({ code: 'TOO_MANY_REFUSED' });
    const dead = await consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter'), idleMs: 2_000 });
    expect(dead.length).toBeLessThanOrEqual(200);
  });

  it('names the topic that is not there', async () => {
    const started = { ...(await setUp()), prefix: uniqueName('nothing') };
    await expect(start(started)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
  });
});
