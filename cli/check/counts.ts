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

/** What is in every stage for the events that the metrics topic still holds. */
export interface Counts {
  /** Distinct usable events in the metrics topic. */
  readonly events: number;
  /** Distinct events with a verdict. */
  readonly verdicts: number;
  /** Verdicts that are there more than once; must be 0. */
  readonly repeated: number;
  /** Events without a verdict; must be 0 once the lag is 0. */
  readonly missing: number;
  /** Points of `ai_predictions` in the events' range of time. */
  readonly points: number;
  /** events - points: 0 when every event of metrics has its point. */
  readonly difference: number;
  readonly deadLetters: number;
}

/**
 * Counts every event through the stream: metrics, verdicts, points. Reads both topics whole (read_committed), holding one
 * short text per event in memory.
 */
export async function countStream(options: CountOptions): Promise<Counts> {
  const dead = new Set<string>();
  await readAll(options, 'metricsDeadLetter', (record) => {
    // The sink refuses points, not events: only what the processors refused has no verdict.
    if (!String(record.headers['x-error-group']).endsWith('sink-influxdb')) dead.add(placeOf(record));
  });
  const events = new Set<string>();
  const range = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  await readAll(options, 'metrics', (record) => {
    const decoded = record.value === null ? null : metricEventCodec.decode(record.value);
    if (decoded?.ok !== true || dead.has(`${record.partition}/${record.offset}`)) return;
    events.add(decoded.value.id);
    range.from = Math.min(range.from, decoded.value.timestamp);
    range.to = Math.max(range.to, decoded.value.timestamp);
  });
  const verdicts = await readVerdicts(options, events);
  const points =
    events.size === 0 ? 0 : await countPoints(options.influx, 'ai_predictions', 'anomaly_score', range);
  const { seen, repeated } = verdicts;
  return {
    events: events.size,
    verdicts: seen,
    repeated,
    missing: events.size - seen,
    points,
    difference: events.size - points,
    deadLetters: dead.size,
  };
}

/** Where a dead letter came from, in Kafka Connect's headers. */
function placeOf({ headers }: InputRecord): string {
  return `${String(headers['__connect.errors.partition'])}/${String(headers['__connect.errors.offset'])}`;
}

/** Verdicts outlive their events in the log; only those of events that are still there are compared. */
async function readVerdicts(
  options: CountOptions,
  events: ReadonlySet<string>,
): Promise<{ seen: number; repeated: number }> {
  const seen = new Set<string>();
  let repeated = 0;
  await readAll(options, 'predictions', ({ value }) => {
    const decoded = value === null ? null : predictionCodec.decode(value);
    if (decoded?.ok !== true || !events.has(decoded.value.id)) return;
    if (seen.has(decoded.value.id)) repeated += 1;
    seen.add(decoded.value.id);
  });
  return { seen: seen.size, repeated };
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
