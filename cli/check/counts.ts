import type { KafkaClient } from '../../common/kafka/client.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { type TopicName, topicName } from '../../common/kafka/topics.js';
import type { Logger } from '../../common/log.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import { predictionCodec } from '../../schemas/prediction.js';
import { countPoints, type InfluxQuery } from './influx-count.js';

export interface CountOptions {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  readonly influx: InfluxQuery;
}

/** What is in every stage for the events that the metrics topic still holds. Retention cuts each partition for itself. */
export interface Counts {
  /** Distinct usable events in the metrics topic. */
  readonly events: number;
  /** Distinct events with a verdict. */
  readonly verdicts: number;
  /** Verdicts that are there more than once; must be 0. */
  readonly repeated: number;
  /** Events without a verdict, those aside whose verdict retention has deleted; must be 0 once the lag is 0. */
  readonly missing: number;
  /** Points of `ai_predictions` in the events' range of time, those aside whose event retention has deleted. */
  readonly points: number;
  /** events - points: 0 when every event of metrics has its point. */
  readonly difference: number;
  readonly deadLetters: number;
}

/**
 * Counts every event through the stream: metrics, verdicts, points. Reads both topics whole (read_committed), holding one
 * short text and one number per event in memory.
 */
export async function countStream(options: CountOptions): Promise<Counts> {
  const dead = new Set<string>();
  await readAll(options, 'metricsDeadLetter', (record) => {
    // The sink refuses points, not events: only what the processors refused has no verdict.
    if (!String(record.headers['x-error-group']).endsWith('sink-influxdb')) dead.add(placeOf(record));
  });
  const events = await readEvents(options, dead);
  const verdicts = await readVerdicts(options, events);
  const { ids, range } = events;
  const counted =
    ids.size === 0 ? 0 : await countPoints(options.influx, 'ai_predictions', 'anomaly_score', range);
  const points = counted - verdicts.outlived;
  return {
    events: ids.size,
    verdicts: verdicts.seen,
    repeated: verdicts.repeated,
    missing: verdicts.missing,
    points,
    difference: ids.size - points,
    deadLetters: dead.size,
  };
}

/** Where a dead letter came from, in Kafka Connect's headers. */
function placeOf({ headers }: InputRecord): string {
  return `${String(headers['__connect.errors.partition'])}/${String(headers['__connect.errors.offset'])}`;
}

/** The usable events of the metrics topic. */
interface Events {
  /** Place of each id: the partition, and the offset of the id's first record. */
  readonly ids: ReadonlyMap<string, Place>;
  /** Of their times, milliseconds, both included. */
  readonly range: { readonly from: number; readonly to: number };
  /** Offset of the oldest record in every partition that has one. */
  readonly oldest: ReadonlyMap<number, number>;
}

/** Partition and offset in one number: a day of a busy stream is millions of them. */
type Place = number;
const PARTITION_STEP = 2 ** 40;

async function readEvents(options: CountOptions, dead: ReadonlySet<string>): Promise<Events> {
  const ids = new Map<string, Place>();
  const oldest = new Map<number, number>();
  const range = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  await readAll(options, 'metrics', ({ partition, offset, value }) => {
    if (!oldest.has(partition)) oldest.set(partition, offset);
    const decoded = value === null ? null : metricEventCodec.decode(value);
    if (decoded?.ok !== true || dead.has(`${partition}/${offset}`)) return;
    const { id, timestamp } = decoded.value;
    if (!ids.has(id)) ids.set(id, partition * PARTITION_STEP + offset);
    range.from = Math.min(range.from, timestamp);
    range.to = Math.max(range.to, timestamp);
  });
  return { ids, range, oldest };
}

interface Verdicts {
  readonly seen: number;
  readonly repeated: number;
  readonly missing: number;
  /** Verdicts in the events' range of time whose own event retention has deleted; they have points all the same. */
  readonly outlived: number;
}

/** Verdicts outlive their events in the log, or the other way round: only what both topics still hold is compared. */
async function readVerdicts(options: CountOptions, { ids, range, oldest }: Events): Promise<Verdicts> {
  const seen = new Set<string>();
  const outlived = new Set<string>();
  /** Source offset of the oldest verdict in every partition, whose verdicts are in the order of their events. */
  const first = new Map<number, number>();
  let repeated = 0;
  await readAll(options, 'predictions', ({ partition, value }) => {
    const decoded = value === null ? null : predictionCodec.decode(value);
    if (decoded?.ok !== true) return;
    const { id, timestamp, sourceOffset } = decoded.value;
    if (!first.has(partition)) first.set(partition, sourceOffset);
    if (ids.has(id)) {
      if (seen.has(id)) repeated += 1;
      seen.add(id);
    } else if (sourceOffset < (oldest.get(partition) ?? Number.POSITIVE_INFINITY)) {
      if (timestamp >= range.from && timestamp <= range.to) outlived.add(id);
    }
  });
  const cut = await cutPartitions(options);
  const missing = [...ids].filter(([id, place]) => {
    const partition = Math.floor(place / PARTITION_STEP);
    const isJudged = !cut.has(partition) || place % PARTITION_STEP >= (first.get(partition) ?? Infinity);
    return isJudged && !seen.has(id);
  });
  return { seen: seen.size, repeated, missing: missing.length, outlived: outlived.size };
}

/** Returns the partitions of the predictions from which retention has deleted something. */
async function cutPartitions({ kafka, topicPrefix }: CountOptions): Promise<ReadonlySet<number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const bounds = await admin.fetchTopicOffsets(topicName(topicPrefix, 'predictions'));
    return new Set(bounds.filter(({ low }) => Number(low) > 0).map(({ partition }) => partition));
  } finally {
    await admin.disconnect();
  }
}

async function readAll(
  options: CountOptions,
  topic: TopicName,
  take: (record: InputRecord) => void,
): Promise<void> {
  const reader = await readTopic({
    ...options,
    topic: topicName(options.topicPrefix, topic),
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records) take(record);
    },
  });
  await reader.caughtUp.finally(() => reader.stop());
}
