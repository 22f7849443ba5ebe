import { beforeAll, describe, expect, it } from 'vitest';
import { type Counts, countStream } from '../../../cli/check/counts.js';
import { type TopicName, topicName } from '../../../common/kafka/topics.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { predictionCodec } from '../../../schemas/prediction.js';
import { metricEvent, prediction } from '../../schemas/samples.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { testInflux, uniqueName } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { writeLines } from './write-lines.js';

/** Each test has its own stretch of time in the shared database. */
let start = 1_700_000_000_000;
let prefix: string;
beforeAll(async () => {
  await writeLines(['counts_warm_up value=1']);
});

async function publish(
  topic: TopicName,
  records: readonly { value: Buffer; partition?: number; headers?: Record<string, string> }[],
) {
  const producer = kafkaClient().producer({});
  await producer.connect();
  await producer.send({
    topic: topicName(prefix, topic),
    messages: records.map((record) => ({ partition: 0, key: 'web-1', ...record })),
  });
  await producer.disconnect();
}

interface Stream {
  readonly events: readonly string[];
  readonly verdicts: readonly string[];
  readonly points: readonly string[];
}

async function count({ events, verdicts, points }: Stream): Promise<Counts> {
  start += 10_000_000;
  prefix = await makeTopics(1);
  const at = (id: string) => start + Number(id);
  await publish(
    'metrics',
    events.map((id) => ({ value: metricEventCodec.encode({ ...metricEvent, id, timestamp: at(id) }) })),
  );
  await publish(
    'predictions',
    verdicts.map((id) => ({ value: predictionCodec.encode({ ...prediction, id, timestamp: at(id) }) })),
  );
  await writeLines(
    points.map((id) => `ai_predictions,host=${uniqueName('h')} anomaly_score=0.5 ${at(id)}000001`),
  );
  return countNow();
}

function countNow(): Promise<Counts> {
  const { url, bucket, token, api } = testInflux();
  return countStream({
    kafka: kafkaClient(),
    log: testLog(),
    topicPrefix: prefix,
    groupPrefix: prefix,
    influx: { url, bucket, token, isVersion1: api === 1 },
  });
}

/** A stream of two partitions, each event with verdict and point; its id is its time, its place that in the list. */
async function publishWhole(partitions: readonly (readonly string[])[]): Promise<void> {
  start += 10_000_000;
  prefix = await makeTopics(partitions.length);
  const placed = partitions.flatMap((ids, partition) =>
    ids.map((id, sourceOffset) => ({ id, partition, sourceOffset, timestamp: start + Number(id) })),
  );
  await publish(
    'metrics',
    placed.map(({ partition, id, timestamp }) => ({
      partition,
      value: metricEventCodec.encode({ ...metricEvent, id, timestamp }),
    })),
  );
  await publish(
    'predictions',
    placed.map(({ partition, ...verdict }) => ({
      partition,
      value: predictionCodec.encode({ ...prediction, ...verdict }),
    })),
  );
  await writeLines(
    placed.map(
      ({ timestamp }) => `ai_predictions,host=${uniqueName('h')} anomaly_score=0.5 ${timestamp}000001`,
    ),
  );
}

/** Deletes the records of one partition before an offset, as retention does. */
async function cut(topic: TopicName, partition: number, offset: string): Promise<void> {
  const admin = kafkaClient().admin();
  await admin.connect();
  // kafkajs asks for the leader of a topic that it has not looked at yet, and fails.
  await admin.fetchTopicOffsets(topicName(prefix, topic));
  await admin.deleteTopicRecords({
    topic: topicName(prefix, topic),
    partitions: [{ partition, offset }],
  });
  await admin.disconnect();
}

describe('the count of a stream that retention has cut in one partition', () => {
  it('leaves out points whose events are deleted, though other partitions hold older ones', async () => {
    await publishWhole([
      ['1', '6'],
      ['2', '3', '5'],
    ]);
    await cut('metrics', 1, '2');
    expect(await countNow()).toMatchObject({ events: 3, verdicts: 3, missing: 0, points: 3, difference: 0 });
  });

  it('leaves out points of a partition that holds no event any more', async () => {
    await publishWhole([['1', '4'], ['2']]);
    await cut('metrics', 1, '1');
    expect(await countNow()).toMatchObject({ events: 2, missing: 0, points: 2, difference: 0 });
  });

  it('does not miss verdicts that are deleted, but those after them', async () => {
    await publishWhole([
      ['1', '2', '3'],
      ['4', '5', '6'],
    ]);
    await publish('metrics', [
      { partition: 1, value: metricEventCodec.encode({ ...metricEvent, id: '7', timestamp: start + 7 }) },
    ]);
    await cut('predictions', 1, '2');
    expect(await countNow()).toMatchObject({ events: 7, verdicts: 4, missing: 1, points: 6, difference: 1 });
    await cut('predictions', 0, '3');
    expect(await countNow()).toMatchObject({ verdicts: 1, missing: 1 });
  });
});

describe('the count of the stream', () => {
  it('is even when every event has one verdict and one point', async () => {
    const ids = ['1', '2', '3'];
    expect(await count({ events: ids, verdicts: ids, points: ids })).toEqual({
      events: 3,
      verdicts: 3,
      repeated: 0,
      missing: 0,
      points: 3,
      difference: 0,
      deadLetters: 0,
    });
  });

  it('shows a lost verdict, a repeated one and a lost point', async () => {
    const counts = await count({ events: ['1', '2', '3'], verdicts: ['1', '1', '3'], points: ['1', '3'] });
    expect(counts).toMatchObject({ verdicts: 2, missing: 1, repeated: 1, points: 2, difference: 1 });
  });

  it('leaves verdicts out whose events retention has deleted, and takes a repeated event as one', async () => {
    const counts = await count({ events: ['5', '5'], verdicts: ['4', '5'], points: ['5'] });
    expect(counts).toMatchObject({ events: 1, verdicts: 1, missing: 0, repeated: 0, difference: 0 });
  });

  it('is of nothing when nothing was published', async () => {
    expect(await count({ events: [], verdicts: [], points: [] })).toMatchObject({ events: 0, difference: 0 });
  });

  it('does not miss what went to the dead letter', async () => {
    expect(await count({ events: ['1', '2'], verdicts: ['1'], points: ['1'] })).toMatchObject({
      missing: 1,
      deadLetters: 0,
    });
    await publish('metricsDeadLetter', [
      {
        value: Buffer.from('whatever came'),
        headers: { '__connect.errors.partition': '0', '__connect.errors.offset': '1' },
      },
    ]);
    expect(await countNow()).toMatchObject({ events: 1, missing: 0, difference: 0, deadLetters: 1 });
  });
});
