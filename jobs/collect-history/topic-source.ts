import type { KafkaClient } from '../../common/kafka/client.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Logger } from '../../common/log.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import type { History } from './core.js';

export interface TopicHistorySource {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/** Adds everything that the metrics topic holds now, of one host or of all (null). Throws TOPIC_MISSING or the reader's error. */
export async function readTopicHistory(
  source: TopicHistorySource,
  host: string | null,
  history: History,
): Promise<void> {
  const add = (value: Buffer): void => {
    const decoded = metricEventCodec.decode(value);
    if (!decoded.ok) return;
    const event = decoded.value;
    event.metrics.forEach((metric, i) => {
      history.add(event.host, event.timestamp, metric, event.values[i] ?? Number.NaN);
    });
  };
  const reader = await readTopic({
    ...source,
    topic: topicName(source.topicPrefix, 'metrics'),
    from: 'beginning',
    onRecords: (records) => {
      for (const { key, value } of records)
        if (value !== null && (host === null || key?.toString('utf8') === host)) add(value);
    },
  });
  await reader.caughtUp.finally(() => reader.stop());
}
