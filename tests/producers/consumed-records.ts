import { type TopicName, topicName } from '../../common/kafka/topics.js';
import { kafkaClient } from '../support/kafka.js';
import { uniqueName, waitFor } from '../support/services.js';

/** One record as a consumer sees it. */
export interface ConsumedRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly id: string;
}

/** Returns all records of a topic from its start, read until `enough` says so. */
export async function consumeUntil(
  prefix: string,
  topic: TopicName,
  enough: (records: readonly ConsumedRecord[]) => boolean,
): Promise<readonly ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  const consumer = kafkaClient().consumer({ groupId: uniqueName('reader') });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: topicName(prefix, topic), fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        const { key, value, headers } = message;
        records.push({
          partition,
          key: key?.toString() ?? '',
          value: value ?? Buffer.alloc(0),
          id: headers?.['tidewatch-id']?.toString() ?? '',
        });
      },
    });
    await waitFor(() => enough(records), { timeoutMs: 60_000, what: `records of ${topic}` });
    return records;
  } finally {
    await consumer.disconnect();
  }
}
