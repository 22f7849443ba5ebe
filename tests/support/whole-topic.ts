import type { KafkaClient } from '../../common/kafka/client.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { type TopicName, topicName } from '../../common/kafka/topics.js';
import { testLog } from './kafka.js';
import { type ConsoleConsumeOptions, consoleConsume, uniqueName } from './services.js';

/** Returns every committed record that is in the topic now, by our own reader. */
export async function wholeTopic(
  kafka: KafkaClient,
  prefix: string,
  topic: TopicName,
): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  const reader = await readTopic({
    kafka,
    topic: topicName(prefix, topic),
    groupPrefix: `${uniqueName('whole')}.`,
    from: 'beginning',
    onRecords: (batch) => {
      for (const record of batch) records.push(record);
    },
    log: testLog(),
  });
  await reader.caughtUp.finally(() => reader.stop());
  return records;
}

/** Returns the text of a record's `tidewatch-id` header. */
export function idOf(record: InputRecord): string {
  return String(record.headers['tidewatch-id'] ?? '');
}

/** Returns the `tidewatch-id` of every committed record of a topic, read by Kafka's own console consumer. */
export async function consoleIds(
  prefix: string,
  topic: TopicName,
  options: Omit<ConsoleConsumeOptions, 'topic'> = {},
): Promise<string[]> {
  const lines = await consoleConsume({
    topic: topicName(prefix, topic),
    printHeaders: true,
    printValue: false,
    idleMs: 3_000,
    ...options,
  });
  return lines.map((line) => /(?:^|,)tidewatch-id:([^,\t]+)/.exec(line)?.[1] ?? '');
}

/** What became of a set of ids: how many are not there, and how many are there more than once. */
export interface DeliveryCount {
  readonly lost: number;
  readonly duplicated: number;
  readonly unexpected: number;
}

/** Compares the ids that arrived with those that were sent. */
export function deliveryOf(sent: readonly string[], arrived: readonly string[]): DeliveryCount {
  const expected = new Set(sent);
  const seen = new Set(arrived);
  return {
    lost: [...expected].filter((id) => !seen.has(id)).length,
    duplicated: arrived.length - seen.size,
    unexpected: [...seen].filter((id) => !expected.has(id)).length,
  };
}

/** Nothing lost, nothing doubled, nothing made up. */
export const EXACTLY_ONCE: DeliveryCount = { lost: 0, duplicated: 0, unexpected: 0 };
