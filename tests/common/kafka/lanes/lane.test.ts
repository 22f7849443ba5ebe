import type { Batch } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import type { Settlement } from '../../../../common/kafka/lanes/forgotten-transaction.js';
import { type FencingWriter, Lane } from '../../../../common/kafka/lanes/lane.js';
import type { LaneScope } from '../../../../common/kafka/lanes/lane-producer.js';
import type { Processor } from '../../../../common/kafka/lanes/processor.js';
import { kafkajsInternal } from '../../../../common/kafka/patches/kafkajs-module.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { silentLogger } from '../../../../common/log.js';
import { createRegistry, stageMetrics } from '../../../../common/metrics.js';
import { holdsWithin } from '../../../../infra/local/wait.js';

/** A producer that fences at once or fails to, and fails every commit when told to. */
class ScriptedProducer implements FencingWriter {
  readonly #fails: 'fence' | 'commit' | 'nothing';
  fenced = false;
  scope: LaneScope | null = null;
  discarded = false;

  constructor(fails: 'fence' | 'commit' | 'nothing') {
    this.#fails = fails;
  }

  async fence(scope: LaneScope, takeStock: () => Promise<Settlement>): Promise<Settlement> {
    if (this.#fails === 'fence') throw new Error('no coordinator');
    this.fenced = true;
    this.scope = scope;
    return takeStock();
  }

  async commit(): Promise<void> {
    if (this.#fails === 'commit') throw new Error('the answer was lost');
  }

  async discard(): Promise<void> {
    this.discarded = true;
  }
}

const processor: Processor = {
  input: 'metrics',
  outputs: ['features'],
  deadLetter: 'metricsDeadLetter',
  createTask: () => ({ process: () => ({ kind: 'emitted' }) }),
};

/** A lane whose producers are given one after another, and which is asked for its membership until the test answers. */
function setUp(producers: readonly ScriptedProducer[]) {
  const created: ScriptedProducer[] = [];
  const asked: ((isMember: boolean) => void)[] = [];
  const fatal: unknown[] = [];
  const sought: unknown[] = [];
  const lane = new Lane({
    processor,
    application: 'test',
    instance: 'one',
    groupId: 'g',
    nameOf: (topic) => topicName('', topic),
    metrics: stageMetrics(createRegistry(), 'test'),
    now: () => performance.now(),
    control: {
      seek: (...place) => void sought.push(place),
      pause: () => undefined,
      resume: () => undefined,
      isMember: () => new Promise((resolve) => asked.push(resolve)),
    },
    transactionalId: 'g.lane-0',
    newProducer: () => {
      const producer = producers[created.length] ?? new ScriptedProducer('nothing');
      created.push(producer);
      return producer;
    },
    takeStock: async () => ({ end: 'nothing', next: new Map([[1, 70]]) }),
    startsOf: async (partitions, next) =>
      new Map(
        partitions.map((id) => {
          const committed = next.get(id) ?? 0;
          return [id, { committed, restore: committed, stateLow: 0, stateEnd: 0 }];
        }),
      ),
    log: silentLogger(),
    onFatal: (error) => fatal.push(error),
  });
  return { lane, created, asked, fatal, sought };
}

/** Returns kafkajs's own batch of one record at offset 0. */
function batch(): Batch {
  loadPatchedKafkajs();
  const KafkajsBatch = kafkajsInternal('consumer/batch') as new (
    topic: string,
    fetchedOffset: string,
    data: object,
  ) => Batch;
  const message = {
    offset: '0',
    timestamp: '0',
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: {},
  };
  const data = { partition: 0, highWatermark: '1', messages: [message], abortedTransactions: [] };
  return new KafkajsBatch(topicName('', 'metrics'), '0', data);
}

async function until(holds: () => boolean): Promise<void> {
  expect(await holdsWithin(holds, { timeoutMs: 10_000, everyMs: 5 })).toBe(true);
}

/** Lets everything that is ready to run do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a lane that is owned', () => {
  it('fences over everything that its processor writes to, and starts where that was settled', async () => {
    const { lane, created, sought } = setUp([]);
    lane.own([1, 3]);
    await until(() => lane.isLive);
    expect(created[0]?.scope).toEqual({
      topics: [topicName('', 'features'), topicName('', 'metricsDeadLetter')],
      partitions: [1, 3],
      groupId: 'g',
    });
    expect(sought).toEqual([
      [topicName('', 'metrics'), 1, 70],
      [topicName('', 'metrics'), 3, 0],
    ]);
    await lane.drain();
  });
});

describe('a retry that a new assignment overtakes', () => {
  it('leaves the session of that assignment alone after a failed transaction', async () => {
    const { lane, created, asked, fatal } = setUp([new ScriptedProducer('commit')]);
    lane.own([0]);
    await until(() => lane.isLive);
    await lane.onBatch({
      batch: batch(),
      resolve: () => undefined,
      heartbeat: async () => undefined,
      isStale: () => false,
    });
    // The transaction has failed, and the retry wants to know whether the lane is still ours ...
    await until(() => asked.length === 1);
    // ... when the group rebalances and gives it to us again.
    lane.own([0]);
    await until(() => lane.isLive);
    asked[0]?.(true);
    await settle();
    expect(created.map(({ fenced, discarded }) => ({ fenced, discarded }))).toEqual([
      { fenced: true, discarded: true },
      { fenced: true, discarded: false },
    ]);
    expect(lane.isLive).toBe(true);
    expect(fatal).toEqual([]);
    await lane.drain();
  });

  it('does not fence the next owner when the lane was given away meanwhile', async () => {
    const { lane, created, asked } = setUp([new ScriptedProducer('fence')]);
    lane.own([0]);
    await until(() => asked.length === 1);
    await lane.release();
    asked[0]?.(true);
    await settle();
    expect(created).toHaveLength(1);
    expect(lane.isLive).toBe(false);
  });

  it('opens the lane again when it is still ours, and not when it is not', async () => {
    const { lane, created, asked } = setUp([new ScriptedProducer('fence'), new ScriptedProducer('fence')]);
    lane.own([0]);
    await until(() => asked.length === 1);
    asked[0]?.(true);
    await until(() => asked.length === 2);
    expect(created).toHaveLength(2);
    asked[1]?.(false);
    await settle();
    expect(created).toHaveLength(2);
    expect(lane.isLive).toBe(false);
  });
});

it('seeks back over a skipped batch from elsewhere: what lies before it would never be processed', async () => {
  const { lane, sought } = setUp([]);
  const topic = topicName('', 'metrics');
  lane.own([0]);
  await until(() => lane.isLive);
  sought.length = 0;
  lane.skip(topic, 0, 5, 9);
  expect(sought).toEqual([[topic, 0, 0]]);
  lane.skip(topic, 0, 0, 4);
  lane.skip(topic, 0, 5, 9);
  expect(sought).toHaveLength(1);
  await lane.drain();
});
