import { afterEach, describe, expect, it } from 'vitest';
import { type LaneLoop, startLaneLoop } from '../../../../common/kafka/lanes/lane-loop.js';
import { createPublisher } from '../../../../common/kafka/publisher.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { createRegistry, stageMetrics } from '../../../../common/metrics.js';
import { kafkaClient, testLog } from '../../../support/kafka.js';
import { runningSum } from '../../../support/running-sum.js';
import { consoleConsume, uniqueName, waitFor } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((part) => part.stop()));
});

async function start(prefix: string, group: string): Promise<LaneLoop> {
  const loop = await startLaneLoop({
    kafka: kafkaClient(),
    processor: runningSum(),
    name: 'sum',
    instance: uniqueName('instance'),
    topicPrefix: prefix,
    groupPrefix: `${group}.`,
    lanes: 2,
    sessionTimeoutMs: 6_000,
    transactionTimeoutMs: 10_000,
    log: testLog(),
    metrics: stageMetrics(createRegistry(), 'sum'),
    now: () => Date.now(),
  });
  running.push(loop);
  return loop;
}

async function publish(prefix: string, from: number, to: number, value = '1'): Promise<void> {
  const publisher = await createPublisher({
    kafka: kafkaClient(),
    log: testLog(),
    topicPrefix: prefix,
    topics: ['metrics'],
    now: () => performance.now(),
  });
  const sent = [];
  for (let index = from; index < to; index += 1)
    sent.push(
      publisher.publish({
        topic: 'metrics',
        key: `host-${index % 10}`,
        value: Buffer.from(value),
        headers: {},
      }),
    );
  await Promise.all(sent);
  await publisher.close();
}

async function sums(prefix: string, expected: number): Promise<string[]> {
  let lines: string[] = [];
  await waitFor(
    async () => {
      lines = await consoleConsume({ topic: topicName(prefix, 'features'), printKey: true, idleMs: 2_000 });
      return lines.length >= expected;
    },
    { timeoutMs: 60_000, what: `${expected} sums` },
  );
  return lines;
}

const expectedSums = (perHost: number) =>
  Array.from({ length: 10 }, (_, host) =>
    Array.from({ length: perHost }, (_, index) => `host-${host}\t${index + 1}:${index + 1}`),
  )
    .flat()
    .sort();

describe('the lane loop', () => {
  it('processes each record once and continues from the committed state after a clean stop', async () => {
    const prefix = await makeTopics();
    const group = uniqueName('g');
    await publish(prefix, 0, 70);
    const first = await start(prefix, group);
    expect((await sums(prefix, 70)).sort()).toEqual(expectedSums(7));
    await first.stop();
    await publish(prefix, 70, 130);
    await start(prefix, group);
    expect((await sums(prefix, 130)).sort()).toEqual(expectedSums(13));
  });

  it('hands lanes over when a second process joins and when it leaves, without loss or repeat', async () => {
    const prefix = await makeTopics();
    const group = uniqueName('g');
    const first = await start(prefix, group);
    await waitFor(() => first.isReady() && first.lanes().length === 2, {
      timeoutMs: 20_000,
      what: 'both lanes',
    });
    await publish(prefix, 0, 200);
    const second = await start(prefix, group);
    await waitFor(() => second.isReady() && second.lanes().length === 1, {
      timeoutMs: 30_000,
      what: 'the second process to own a lane',
    });
    await publish(prefix, 200, 400);
    await second.stop();
    await publish(prefix, 400, 500);
    expect((await sums(prefix, 500)).sort()).toEqual(expectedSums(50));
  });

  it('puts a record that cannot be used into the dead letter, once, with its bytes and the reason', async () => {
    const prefix = await makeTopics();
    await publish(prefix, 0, 10);
    await publish(prefix, 0, 1, 'poison');
    await publish(prefix, 0, 10);
    await start(prefix, uniqueName('g'));
    expect((await sums(prefix, 20)).sort()).toEqual(expectedSums(2));
    const dead = await consoleConsume({
      topic: topicName(prefix, 'metricsDeadLetter'),
      printKey: true,
      printHeaders: true,
      idleMs: 2_000,
    });
    expect(dead).toHaveLength(1);
    expect(dead[0]).toContain('x-error-code:NOT_A_NUMBER');
    expect(dead[0]).toContain('host-0\tpoison');
  });
});
