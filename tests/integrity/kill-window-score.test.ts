import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { TopicName } from '../../common/kafka/topics.js';
import { seededRandom } from '../../common/random.js';
import { publishModel } from '../../jobs/train/publish-model.js';
import { buildOnce, startTidewatch, type TidewatchProcess } from '../support/built-command.js';
import { kafkaClient } from '../support/kafka.js';
import { metricEvents, metricPublisher, publishPaced, STREAM_GROUP } from '../support/metric-stream.js';
import { testKafka, uniqueName, waitFor } from '../support/services.js';
import { simulateFeatures } from '../support/simulated-features.js';
import { makeTopics } from '../support/topics.js';
import { trainedModel } from '../support/trained-model.js';
import { uninterruptedRun } from '../support/uninterrupted.js';
import { consoleIds, deliveryOf, EXACTLY_ONCE, idOf, wholeTopic } from '../support/whole-topic.js';

const HOSTS = 12;
const EVENTS = 12_000;
const PER_SECOND = 400;
const KILLS = 5;
const INSTANCES = 2;
/** 58 s on two free cores, 88 s at a load of 18. */
const TIMEOUT_MS = 240_000;

const running: (TidewatchProcess | undefined)[] = [];

afterEach(async () => {
  for (const process of running) process?.signal('SIGKILL');
  await Promise.all(running.splice(0).map((process) => process?.ended));
});

function start(slot: number, prefix: string, group: string): void {
  running[slot] = startTidewatch(['process', 'window+score'], {
    KAFKA_BROKERS: testKafka().brokers.join(','),
    TOPIC_PREFIX: prefix,
    GROUP_PREFIX: `${group}.`,
    SESSION_TIMEOUT_MS: '6000',
    TRANSACTION_TIMEOUT_MS: '10000',
    LOG_LEVEL: 'info',
  });
}

/** Kills one process or both at random moments, and starts each again at once. */
async function killAtRandom(random: () => number, prefix: string, group: string): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2_000 + random() * 4_000));
    const first = Math.floor(random() * INSTANCES);
    const slots = random() < 0.3 ? [0, 1] : [first];
    for (const slot of slots) running[slot]?.signal('SIGKILL');
    for (const slot of slots) {
      expect(await running[slot]?.ended).toBe('SIGKILL');
      start(slot, prefix, group);
    }
  }
}

/** Committed values by id; an id that comes twice is counted by the console consumer. */
async function bytesById(prefix: string, topic: TopicName): Promise<Map<string, string>> {
  const records = await wholeTopic(kafkaClient(), prefix, topic);
  return new Map(records.map((record) => [idOf(record), record.value?.toString('hex') ?? '']));
}

describe('window+score under SIGKILL', () => {
  it(
    'loses nothing, doubles nothing, and computes what an uninterrupted run computes, bit for bit',
    async () => {
      await buildOnce();
      const seed = randomInt(2 ** 31);
      const prefix = await makeTopics(8);
      const group = uniqueName('g');
      const publisher = await metricPublisher(kafkaClient(), prefix);
      const model = trainedModel(simulateFeatures({ seed: 5, events: 1_200, group: STREAM_GROUP }));
      await publishModel(publisher, model);
      for (let slot = 0; slot < INSTANCES; slot += 1) start(slot, prefix, group);

      const events = metricEvents(seed, HOSTS, EVENTS, Date.now());
      const sent = events.map(({ id }) => id);
      await Promise.all([
        publishPaced(publisher, events, PER_SECOND),
        killAtRandom(seededRandom(seed), prefix, group),
      ]);
      await publisher.close();
      let features = new Map<string, string>();
      await waitFor(
        async () => {
          features = await bytesById(prefix, 'features');
          return features.size >= EVENTS;
        },
        { timeoutMs: 60_000, everyMs: 500, what: `${EVENTS} features (seed ${seed})` },
      );

      for (const topic of ['features', 'predictions'] as const) {
        const delivery = deliveryOf(sent, await consoleIds(prefix, topic));
        process.stdout.write(
          `kill-window-score seed ${seed}: ${KILLS} kills, ${topic} ${JSON.stringify(delivery)}\n`,
        );
        expect(delivery, `seed ${seed}`).toEqual(EXACTLY_ONCE);
      }
      const reference = uninterruptedRun(await wholeTopic(kafkaClient(), prefix, 'metrics'), model);
      expect(differences(features, reference.get('features')), `seed ${seed}`).toEqual([]);
      expect(
        differences(await bytesById(prefix, 'predictions'), reference.get('predictions')),
        `seed ${seed}`,
      ).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** Ids whose bytes differ, the first ten. */
function differences(
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string> | undefined,
): string[] {
  return [...(expected ?? new Map<string, string>())]
    .filter(([id, bytes]) => actual.get(id) !== bytes)
    .map(([id]) => id)
    .slice(0, 10);
}
