import type { KafkaClient } from '../common/kafka/client.js';
import type { InputRecord } from '../common/kafka/lanes/processor.js';
import { partitionCounts } from '../common/kafka/partition-counts.js';
import { readTopic } from '../common/kafka/topic-reader.js';
import { topicName } from '../common/kafka/topics.js';
import type { Logger } from '../common/log.js';
import { createProgressBar, type ProgressOutput } from '../common/progress-bar.js';

export interface MetricsTopicSource {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  /** Prefix of topic names, and of the throw-away group that reads. */
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Only this host; null = all. */
  readonly host: string | null;
  readonly progress: ProgressOutput;
}

/**
 * Hands over every record that the metrics topic holds now, partition by partition in offset order. A record's host is its key: that of
 * one which cannot be decoded is known as well. Throws TOPIC_MISSING, or what ends the reader.
 */
export async function readMetricsTopic(
  source: MetricsTopicSource,
  onRecord: (record: InputRecord) => void,
): Promise<void> {
  const topic = topicName(source.topicPrefix, 'metrics');
  const total = await countRecords(source.kafka, topic);
  const bar = createProgressBar(source.progress, 'reading', total);
  let read = 0;
  const reader = await readTopic({
    ...source,
    topic,
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records)
        if (source.host === null || record.key?.toString('utf8') === source.host) onRecord(record);
      read += records.length;
      bar.show(read);
    },
  });
  await reader.caughtUp.finally(() => reader.stop());
  bar.show(total);
  bar.end();
}

async function countRecords(kafka: KafkaClient, topic: string): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await partitionCounts(admin, [topic]);
    const bounds = await admin.fetchTopicOffsets(topic);
    return bounds.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}
