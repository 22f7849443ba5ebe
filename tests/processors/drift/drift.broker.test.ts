import { afterEach, expect, it } from 'vitest';
import { createPublisher, type Publisher } from '../../../common/kafka/publisher.js';
import { topicName } from '../../../common/kafka/topics.js';
import { publishModel } from '../../../jobs/train/publish-model.js';
import { type FeatureEvent, featureEventCodec } from '../../../schemas/feature-event.js';
import { buildOnce, startTidewatch, type TidewatchProcess } from '../../support/built-command.js';
import { driftReferences } from '../../support/drift-references.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { consoleConsume, testKafka, uniqueName, waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { rows, SMALL } from './drift-harness.js';
import { modelOf } from './drift-world.js';

const running: TidewatchProcess[] = [];

afterEach(async () => {
  for (const process of running) process.signal('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

function start(prefix: string, group: string): TidewatchProcess {
  const process = startTidewatch(['process', 'drift', '--http-port', '0'], {
    KAFKA_BROKERS: testKafka().brokers.join(','),
    TOPIC_PREFIX: prefix,
    GROUP_PREFIX: `${group}.`,
    SESSION_TIMEOUT_MS: '6000',
    TRANSACTION_TIMEOUT_MS: '10000',
  });
  running.push(process);
  return process;
}

async function publish(publisher: Publisher, events: readonly FeatureEvent[]): Promise<void> {
  await Promise.all(
    [...events]
      .sort((a, b) => a.appendTime - b.appendTime)
      .map((event) =>
        publisher.publish({
          topic: 'features',
          key: event.host,
          value: Buffer.from(featureEventCodec.encode(event)),
          headers: { 'tidewatch-id': event.id },
        }),
      ),
  );
}

/** Committed reports as `host` and `host:offset`, read by Kafka's own consumer. */
async function reportIds(prefix: string): Promise<string[]> {
  const lines = await consoleConsume({
    topic: topicName(prefix, 'drift'),
    printHeaders: true,
    printKey: true,
    printValue: false,
    idleMs: 2_000,
  });
  return lines.map((line) => /tidewatch-id:(web-\d+:\d+)/.exec(line)?.[1] ?? line);
}

async function untilReported(process: TidewatchProcess, prefix: string, count: number): Promise<string[]> {
  let ids: string[] = [];
  const isThere = async () => {
    ids = await reportIds(prefix);
    return ids.length >= count;
  };
  await waitFor(isThere, { timeoutMs: 60_000, what: `${count} drift reports` }).catch((error: unknown) => {
    throw new Error(`${String(error)}; the process said: ${process.output().slice(-2_000)}`);
  });
  return ids;
}

it('reports a change once, and not again after it was killed and started anew', async () => {
  await buildOnce();
  const prefix = await makeTopics(1);
  const group = uniqueName('g');
  const publisher = await createPublisher({
    kafka: kafkaClient(),
    log: testLog(),
    topicPrefix: prefix,
    topics: ['models', 'features'],
    now: () => performance.now(),
  });
  const trained = ['web-1', 'web-2'].flatMap((host) => rows(host, 0, 1_200));
  const { blockMs: driftBlockMs, windowBlocks: driftWindowBlocks } = SMALL;
  await publishModel(
    publisher,
    modelOf(trained, { driftBlockMs, driftWindowBlocks, reference: driftReferences(trained, SMALL) }),
  );

  const first = start(prefix, group);
  await publish(publisher, [
    ...rows('web-1', 1_200, 1_400),
    ...rows('web-1', 1_400, 2_000, 80),
    ...rows('web-2', 1_200, 2_000),
  ]);
  const before = await untilReported(first, prefix, 1);
  expect(before).toEqual([expect.stringMatching(/^web-1:1[4-9]\d\d$/)]);
  first.signal('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');

  // A host that had forgotten its state would report the level that it keeps a second time; web-2 tells that all was read.
  const second = start(prefix, group);
  await publish(publisher, [...rows('web-1', 2_000, 3_000, 80), ...rows('web-2', 2_000, 2_400)]);
  await publish(publisher, rows('web-2', 2_400, 3_000, 80));
  const after = await untilReported(second, prefix, 2);
  await publisher.close();
  expect(after).toEqual([before[0], expect.stringMatching(/^web-2:2[4-9]\d\d$/)]);
});
