import type { IHeaders } from 'kafkajs';

/** Longest reason that a dead letter carries, bytes of UTF-8. */
export const REASON_BYTES = 1024;

/** Where the work on a record failed, in Kafka Connect's words (KIP-298). */
export type DeadLetterStage = 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'TRANSFORMATION' | 'TASK_PUT';

/** A record as it was read, and where it stood. */
export interface FailedRecord {
  /** Full name of the topic that it was read from. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Timestamp of the record, milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<IHeaders>;
}

/** Why it cannot be used, and who says so. */
export interface Failure {
  /** Stable UPPER_SNAKE code. */
  readonly code: string;
  /** One sentence for people; cut to {@link REASON_BYTES}. Holds no payload. */
  readonly reason: string;
  readonly stage: DeadLetterStage;
  /** Consumer group that refused it. */
  readonly group: string;
  /** Name of the application, for example `tidewatch-window`. */
  readonly application: string;
  /** Which instance of it. */
  readonly instance: string;
}

/** What goes to the dead-letter topic, ready for kafkajs (the partition is the caller's to add: that of the input). */
export interface DeadLetterRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  /** The original timestamp, as kafkajs wants it. */
  readonly timestamp: string;
}

/**
 * Returns the dead letter of a record: key, value, timestamp and headers untouched, plus Kafka Connect's
 * `__connect.errors.*` headers (KIP-298, read by the usual tools) and ours: `x-error-code`, the group in `x-error-group`.
 * Headers of an earlier failure of the same record are overwritten: the newest failure is the one to act on.
 */
export function deadLetterRecord(record: FailedRecord, failure: Failure): DeadLetterRecord {
  return {
    key: record.key,
    value: record.value,
    timestamp: String(record.timestamp),
    headers: {
      ...record.headers,
      '__connect.errors.topic': record.topic,
      '__connect.errors.partition': String(record.partition),
      '__connect.errors.offset': String(record.offset),
      '__connect.errors.connector.name': failure.application,
      '__connect.errors.task.id': failure.instance,
      '__connect.errors.stage': failure.stage,
      '__connect.errors.class.name': failure.application,
      '__connect.errors.exception.class.name': failure.code,
      '__connect.errors.exception.message': cutToBytes(failure.reason, REASON_BYTES),
      'x-error-code': failure.code,
      'x-error-group': failure.group,
    },
  };
}

/** Returns the longest prefix of whole characters that fits into `limit` bytes of UTF-8. */
function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return text;
  let end = limit;
  // A continuation byte (10xxxxxx) at the cut belongs to a character that began before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
