import type { Batch, KafkaMessage } from 'kafkajs';
import { TidewatchError } from '../../errors.js';
import type { InputRecord } from './processor.js';

/** Returns the offset that was asked for when the batch was fetched; kafkajs's types leave it out. */
export function fetchedOffsetOf(batch: Batch): number {
  const offset: unknown = Reflect.get(batch, 'fetchedOffset');
  if (typeof offset !== 'string') {
    throw new TidewatchError({
      code: 'KAFKAJS_VERSION',
      retriable: false,
      message: 'checking a batch: kafkajs no longer tells which offset it fetched',
    });
  }
  return Number(offset);
}

/** Returns the records of a batch from offset `from` on. */
export function recordsOf(batch: Batch, from: number): InputRecord[] {
  return batch.messages
    .map((message) => toRecord(message, batch.partition))
    .filter(({ offset }) => offset >= from);
}

function toRecord(message: KafkaMessage, partition: number): InputRecord {
  const { key, value, headers, offset, timestamp } = message;
  return {
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: headers ?? {},
  };
}
