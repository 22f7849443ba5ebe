import type { KafkaClient } from '../../common/kafka/client.js';
import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { readTopic } from '../../common/kafka/topic-reader.js';
import { topicName } from '../../common/kafka/topics.js';
import type { Logger } from '../../common/log.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import type { Validation } from './core.js';

export interface TopicValidationSource {
  readonly kafka: KafkaClient;
  readonly log: Logger;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Only records appended at or after this time, ms. */
  readonly since: number;
  /** Only this host; null = all. */
  readonly host: string | null;
}

/** Hands what the metrics topic holds now to a validation. Throws what the reader throws (TOPIC_MISSING, a lost broker). */
export async function validateTopic(source: TopicValidationSource, validation: Validation): Promise<void> {
  const reader = await readTopic({
    ...source,
    topic: topicName(source.topicPrefix, 'metrics'),
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records) if (record.timestamp >= source.since) take(record, source, validation);
    },
  });
  await reader.caughtUp.finally(() => reader.stop());
}

const NO_VALUE = { ok: false, reason: 'the record has no value' } as const;

function take(
  { partition, offset, key, value }: InputRecord,
  { host }: TopicValidationSource,
  validation: Validation,
): void {
  // The host of what cannot be decoded is its key.
  if (host !== null && key?.toString('utf8') !== host) return;
  const place = `partition ${partition}, offset ${offset}`;
  const decoded = value === null ? NO_VALUE : metricEventCodec.decode(value);
  if (decoded.ok) validation.take({ ...decoded.value, place });
  else validation.unreadable(place, decoded.reason);
}
