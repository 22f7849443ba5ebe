import type { InputRecord } from '../../common/kafka/lanes/processor.js';
import { metricEventCodec } from '../../schemas/metric-event.js';
import { type MetricsTopicSource, readMetricsTopic } from '../metrics-topic.js';
import type { Validation } from './core.js';

export interface TopicValidationSource extends MetricsTopicSource {
  /** Only records appended at or after this time, ms. */
  readonly since: number;
}

/** Hands what the metrics topic holds now to a validation. Throws TOPIC_MISSING, or what ends the reader. */
export async function validateTopic(source: TopicValidationSource, validation: Validation): Promise<void> {
  await readMetricsTopic(source, (record) => {
    if (record.timestamp >= source.since) take(record, validation);
  });
}

const NO_VALUE = { ok: false, reason: 'the record has no value' } as const;

function take({ partition, offset, value }: InputRecord, validation: Validation): void {
  const place = `partition ${partition}, offset ${offset}`;
  const decoded = value === null ? NO_VALUE : metricEventCodec.decode(value);
  if (decoded.ok) validation.take({ ...decoded.value, place });
  else validation.unreadable(place, decoded.reason);
}
