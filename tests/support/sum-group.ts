import { readSettings } from '../../common/config.js';
import { applyTopics } from '../../common/kafka/apply-topics.js';
import { createKafka, type KafkaClient, type KafkaConnection } from '../../common/kafka/client.js';
import { type LaneLoop, startLaneLoop } from '../../common/kafka/lanes/lane-loop.js';
import { createPublisher } from '../../common/kafka/publisher.js';
import { topicSettings } from '../../common/kafka/settings.js';
import { topicName } from '../../common/kafka/topics.js';
import { createRegistry, type StageMetrics, stageMetrics } from '../../common/metrics.js';
import { testLog } from './kafka.js';
import { runningSum } from './running-sum.js';
import { consoleConsume, uniqueName, waitFor } from './services.js';

const HOSTS = 16;
const PARTITIONS = 8;

/** One instance of the running sum. */
export interface SumInstance {
  readonly loop: LaneLoop;
  readonly metrics: StageMetrics;
}

/**
 * A consumer group of running sums over topics of its own: every fault that loses, repeats or reorders one record of a
 * host, or restores a wrong state, shows in the sums.
 */
export class SumGroup {
  readonly prefix = `${uniqueName('sum')}.`;
  readonly instances: SumInstance[] = [];
  /** Fatal errors of its instances. A fault that another instance makes good is no excuse for a loop that ended. */
  readonly failures: unknown[] = [];
  readonly #brokers: string[];
  readonly #group = uniqueName('g');
  readonly #lanes: number;
  #published = 0;

  constructor(brokers: string[], lanes = 2) {
    this.#brokers = brokers;
    this.#lanes = lanes;
  }

  async makeTopics(): Promise<void> {
    const admin = this.#client().admin();
    await admin.connect();
    try {
      await applyTopics(
        admin,
        this.prefix,
        readSettings(topicSettings, {
          values: { TOPIC_PARTITIONS: String(PARTITIONS) },
          readFile: () => '',
        }),
      );
    } finally {
      await admin.disconnect();
    }
  }

  /** Starts one more instance; resolves when it runs, before it owns anything. */
  async start(socketFactory?: KafkaConnection['socketFactory']): Promise<SumInstance> {
    const metrics = stageMetrics(createRegistry(), 'sum');
    const loop = await startLaneLoop({
      kafka: this.#client(socketFactory),
      processor: runningSum(),
      name: 'sum',
      instance: uniqueName('instance'),
      topicPrefix: this.prefix,
      groupPrefix: `${this.#group}.`,
      lanes: this.#lanes,
      sessionTimeoutMs: 6_000,
      transactionTimeoutMs: 10_000,
      log: testLog(),
      metrics,
      now: () => Date.now(),
    });
    const instance = { loop, metrics };
    loop.done.catch((error: unknown) => this.failures.push(error));
    this.instances.push(instance);
    return instance;
  }

  /** Resolves when the lanes are shared out among the running instances and all of them process. */
  async settled(): Promise<void> {
    await waitFor(
      () =>
        this.instances.every(({ loop }) => loop.isReady()) &&
        this.instances.flatMap(({ loop }) => loop.lanes()).length === this.#lanes,
      { timeoutMs: 40_000, what: `${this.#lanes} lanes of ${this.instances.length} instances` },
    );
  }

  /** Stops one instance in order. */
  async stop(instance: SumInstance): Promise<void> {
    this.instances.splice(this.instances.indexOf(instance), 1);
    await instance.loop.stop();
  }

  /** Publishes ones, round robin over the hosts, at about `perSecond`; resolves when Kafka has them. */
  async publish(count: number, perSecond: number): Promise<void> {
    const publisher = await createPublisher({
      kafka: this.#client(),
      log: testLog(),
      topicPrefix: this.prefix,
      topics: ['metrics'],
      now: () => performance.now(),
    });
    const started = performance.now();
    const sent: Promise<unknown>[] = [];
    const first = this.#published;
    this.#published += count;
    while (sent.length < count) {
      const due = Math.min(count, Math.ceil(((performance.now() - started) / 1000) * perSecond));
      while (sent.length < due) {
        const key = `host-${(first + sent.length) % HOSTS}`;
        sent.push(publisher.publish({ topic: 'metrics', key, value: Buffer.from('1'), headers: {} }));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(sent);
    await publisher.close();
  }

  /** Resolves when everything that was published has been committed by the group. */
  async drained(timeoutMs = 60_000): Promise<void> {
    const admin = this.#client().admin();
    await admin.connect();
    const topic = topicName(this.prefix, 'metrics');
    const groupId = this.instances[0]?.loop.groupId ?? '';
    try {
      await waitFor(
        async () => {
          const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
          const ends = new Map(
            (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
          );
          return (
            offsets?.partitions.every(
              ({ partition, offset }) => Math.max(0, Number(offset)) === ends.get(partition),
            ) ?? false
          );
        },
        { timeoutMs, everyMs: 200, what: 'the group to commit everything' },
      );
    } finally {
      await admin.disconnect();
    }
  }

  /** Returns how the committed sums differ from one uninterrupted run, read by Kafka's console consumer. */
  async check(): Promise<{
    readonly lost: number;
    readonly duplicated: number;
    readonly disordered: number;
  }> {
    const lines = await consoleConsume({
      topic: topicName(this.prefix, 'features'),
      brokers: this.#brokers,
      printKey: true,
      idleMs: 3_000,
    });
    const seen = new Map<string, string[]>();
    for (const line of lines) {
      const [key = '', sum = ''] = line.split('\t');
      seen.set(key, [...(seen.get(key) ?? []), sum]);
    }
    let [lost, duplicated, disordered] = [0, 0, 0];
    for (let host = 0; host < HOSTS; host += 1) {
      const count = Math.ceil((this.#published - host) / HOSTS);
      const wanted = Array.from({ length: count }, (_, index) => `${index + 1}:${index + 1}`);
      const got = seen.get(`host-${host}`) ?? [];
      const distinct = new Set(got);
      lost += wanted.filter((sum) => !distinct.has(sum)).length;
      duplicated += got.length - distinct.size;
      if (lost + duplicated === 0 && got.some((sum, index) => sum !== wanted[index])) disordered += 1;
    }
    return { lost, duplicated, disordered };
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.splice(0).map(({ loop }) => loop.stop()));
  }

  #client(socketFactory?: KafkaConnection['socketFactory']): KafkaClient {
    const connection = { brokers: this.#brokers, clientId: uniqueName('sum') };
    return createKafka(
      socketFactory === undefined ? connection : { ...connection, socketFactory },
      testLog(),
    );
  }
}

/** What {@link SumGroup.check} returns when delivery was exactly once and in order. */
export const EXACT_SUMS = { lost: 0, duplicated: 0, disordered: 0 };
