import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLaneLoop } from '../../common/kafka/lanes/lane-loop.js';
import { topicName } from '../../common/kafka/topics.js';
import { createRegistry, stageMetrics } from '../../common/metrics.js';
import { createWindowProcessor } from '../../processors/window/task.js';
import { settingsWith } from '../processors/window/memory-emitter.js';
import { buildOnce, startTidewatch, type TidewatchProcess } from '../support/built-command.js';
import { kafkaClient, testLog } from '../support/kafka.js';
import { type ApiName, type Cut, startKafkaProxy } from '../support/kafka-proxy.js';
import { metricEvents, metricPublisher, publishEvent, publishPaced } from '../support/metric-stream.js';
import { startOwnBroker } from '../support/own-broker.js';
import { poisons } from '../support/poison.js';
import { consoleConsume, testKafka, uniqueName, waitFor } from '../support/services.js';
import { EXACT_SUMS, SumGroup } from '../support/sum-group.js';
import { makeTopics } from '../support/topics.js';
import { consoleIds, deliveryOf, EXACTLY_ONCE } from '../support/whole-topic.js';

/** The short integrity gate: each kind of fault once or a few times, thousands of records, the same figures as the long one. */

const SESSION_MS = 6_000;
/** None takes longer than 65 s at a load of 18 on two cores. */
vi.setConfig({ testTimeout: 240_000 });
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function report(fault: string, figures: object): void {
  process.stdout.write(`short gate: ${fault} ${JSON.stringify(figures)}\n`);
}

async function sumGroup(brokers = testKafka().brokers, lanes = 2): Promise<SumGroup> {
  const group = new SumGroup(brokers, lanes);
  ends.push(() => group.close());
  await group.makeTopics();
  return group;
}

function startWindow(prefix: string, group: string): TidewatchProcess {
  const started = startTidewatch(['process', 'window'], {
    KAFKA_BROKERS: testKafka().brokers.join(','),
    TOPIC_PREFIX: prefix,
    GROUP_PREFIX: `${group}.`,
    SESSION_TIMEOUT_MS: String(SESSION_MS),
    TRANSACTION_TIMEOUT_MS: '10000',
    LOG_LEVEL: 'info',
  });
  ends.push(async () => {
    started.signal('SIGKILL');
    await started.ended;
  });
  return started;
}

describe('processes', () => {
  beforeAll(buildOnce);

  it('survive a zombie: stopped in mid-stream for two sessions, it is fenced, comes back, and ends in order', async () => {
    const prefix = await makeTopics(8);
    const publisher = await metricPublisher(kafkaClient(), prefix);
    ends.push(() => publisher.close());
    const group = uniqueName('g');
    const [zombie, other] = [startWindow(prefix, group), startWindow(prefix, group)];
    const bothOwn = () => [zombie, other].every((process) => process.output().includes('lane owned'));
    await waitFor(bothOwn, { timeoutMs: 40_000, what: 'both processes to own a lane' });
    const events = metricEvents(1, 16, 12_000, Date.now());
    const published = publishPaced(publisher, events, 600);

    await new Promise((resolve) => setTimeout(resolve, 1_000));
    zombie.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 2 * SESSION_MS));
    const before = zombie.output().length;
    zombie.signal('SIGCONT');
    await waitFor(() => zombie.output().slice(before).includes('lane owned'), {
      timeoutMs: 30_000,
      what: 'the zombie to own a lane again',
    });

    // The load goes on while the other one is asked to end.
    const asked = performance.now();
    other.signal('SIGTERM');
    expect(await other.ended).toBe(0);
    const stoppedMs = Math.round(performance.now() - asked);
    expect(stoppedMs).toBeLessThan(10_000);
    await published;
    const sent = events.map(({ id }) => id);
    let arrived: string[] = [];
    await waitFor(
      async () => {
        arrived = await consoleIds(prefix, 'features');
        return arrived.length >= sent.length;
      },
      { timeoutMs: 40_000, what: 'the features' },
    );
    const delivery = deliveryOf(sent, arrived);
    report('zombie and SIGTERM', { ...delivery, stoppedMs });
    expect(delivery).toEqual(EXACTLY_ONCE);
    zombie.signal('SIGTERM');
    expect(await zombie.ended).toBe(0);
  });
});

describe('the lane loop', () => {
  it('goes through a broker that is killed and comes back under load', async () => {
    const broker = await startOwnBroker();
    ends.push(() => broker.remove());
    const group = await sumGroup(broker.brokers);
    await group.start();
    await group.start();
    await group.settled();
    const published = group.publish(8_000, 800);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await broker.kill();
    const killed = performance.now();
    await broker.restart();
    await published;
    await group.drained(90_000);
    const sums = await group.check();
    report('broker kill -9', { ...sums, backMs: Math.round(performance.now() - killed) });
    expect(sums).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });

  const CUTS: readonly (readonly [ApiName, Cut['loses']])[] = [
    ['Produce', 'response'],
    ['AddPartitionsToTxn', 'response'],
    ['AddOffsetsToTxn', 'response'],
    ['TxnOffsetCommit', 'response'],
    ['EndTxn', 'response'],
    ['EndTxn', 'request'],
    ['InitProducerId', 'response'],
    ['Fetch', 'response'],
  ];

  it('goes through connections that are cut in every step of a transaction', async () => {
    const group = await sumGroup();
    const proxy = await startKafkaProxy(testKafka().brokers[0] ?? '');
    ends.push(() => proxy.close());
    const { metrics } = await group.start(proxy.socketFactory);
    await group.settled();
    for (const [api, loses] of CUTS) {
      const made = proxy.cutsMade(api, loses);
      // A fetch is always under way, and so cheap to cut; what kafkajs makes of it is a matter of luck.
      proxy.arm({ api, loses, times: api === 'Fetch' ? 8 : 2 });
      // A producer is made anew only after a failure.
      if (api === 'InitProducerId') proxy.arm({ api: 'EndTxn', loses: 'response', times: 1 });
      await group.publish(600, 600);
      await waitFor(() => proxy.cutsMade(api, loses) > made, {
        timeoutMs: 20_000,
        what: `a cut of ${api}`,
      });
      await group.drained();
    }
    const sums = await group.check();
    const cuts = Object.fromEntries(
      CUTS.map(([api, loses]) => [`${api} ${loses}`, proxy.cutsMade(api, loses)]),
    );
    const { values } = await metrics.restarts.get();
    report('cuts', { ...sums, cuts, restarts: values.reduce((total, { value }) => total + value, 0) });
    expect(sums).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });

  it('hands lanes to and fro while instances come and go', async () => {
    const group = await sumGroup(testKafka().brokers, 4);
    const first = await group.start();
    await group.settled();
    const published = group.publish(8_000, 400);
    const second = await group.start();
    await group.start();
    await group.settled();
    await group.stop(first);
    await group.settled();
    await group.start();
    await group.settled();
    await group.stop(second);
    await published;
    await group.drained();
    const sums = await group.check();
    report('rebalances', sums);
    expect(sums).toEqual(EXACT_SUMS);
    expect(group.failures).toEqual([]);
  });
});

describe('poison', () => {
  it('goes to the dead letter once, with its code, and costs no good record, restart or rebalance', async () => {
    const prefix = await makeTopics(8);
    const publisher = await metricPublisher(kafkaClient(), prefix);
    ends.push(() => publisher.close());
    const events = metricEvents(2, 16, 2_000, Date.now());
    const bad = poisons().flatMap((poison) =>
      Array.from({ length: 4 }, (_, copy) => ({ ...poison, id: `${poison.kind}/${copy}` })),
    );
    const sent: Promise<unknown>[] = [];
    for (const [index, event] of events.entries()) {
      sent.push(publishEvent(publisher, event));
      const poison = index % 40 === 0 ? bad[index / 40] : undefined;
      if (poison === undefined) continue;
      const headers = { 'tidewatch-id': poison.id };
      sent.push(publisher.publish({ topic: 'metrics', key: event.host, value: poison.value, headers }));
    }
    await Promise.all(sent);

    const metrics = stageMetrics(createRegistry(), 'window');
    const loop = await startLaneLoop({
      kafka: kafkaClient(),
      processor: createWindowProcessor({ settings: settingsWith() }),
      name: 'window',
      instance: 'one',
      topicPrefix: prefix,
      groupPrefix: `${uniqueName('g')}.`,
      lanes: 2,
      sessionTimeoutMs: SESSION_MS,
      transactionTimeoutMs: 10_000,
      log: testLog(),
      metrics,
      now: () => Date.now(),
    });
    ends.push(() => loop.stop());
    let arrived: string[] = [];
    await waitFor(
      async () => {
        arrived = await consoleIds(prefix, 'features');
        return arrived.length >= events.length;
      },
      { timeoutMs: 60_000, what: 'the features of the good records' },
    );
    const dead = await consoleConsume({
      topic: topicName(prefix, 'metricsDeadLetter'),
      printHeaders: true,
      printValue: false,
      idleMs: 3_000,
    });
    const found = dead.map((line) => {
      const header = (name: string) => new RegExp(`(?:^|,)${name}:([^,\\t]+)`).exec(line)?.[1] ?? '';
      return `${header('tidewatch-id')} ${header('x-error-code')}`;
    });
    const good = deliveryOf(
      events.map(({ id }) => id),
      arrived,
    );
    const letters = deliveryOf(
      bad.map(({ id, code }) => `${id} ${code}`),
      found,
    );
    report('poison', { good, letters });
    expect(good).toEqual(EXACTLY_ONCE);
    expect(letters).toEqual(EXACTLY_ONCE);
    expect((await metrics.restarts.get()).values).toEqual([]);
  });
});
