import type { RecordCodec } from '../../../schemas/codec/record-codec.js';
import type { InputRecord, Outcome, RejectStage } from './processor.js';

/** The event of a record, or what becomes of a record that holds none. */
export type HostRecord<Event> =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly outcome: Outcome };

/** Returns the event of a record of a topic whose key is the host; refuses what is empty, cannot be decoded, or has another key: that host's state is in another partition. */
export function readHostRecord<Event extends { readonly host: string }>(
  { key, value }: InputRecord,
  codec: Pick<RecordCodec<Event>, 'decode'>,
): HostRecord<Event> {
  if (value === null) return refusedRecord('EMPTY_VALUE', 'the record has no value', 'VALUE_CONVERTER');
  const decoded = codec.decode(value);
  if (!decoded.ok) return refusedRecord(decoded.code, decoded.reason, 'VALUE_CONVERTER');
  if (key?.toString('utf8') !== decoded.value.host)
    return refusedRecord(
      'KEY_MISMATCH',
      'the key of the record is not the host of the event',
      'KEY_CONVERTER',
    );
  return { ok: true, event: decoded.value };
}

/** Returns what becomes of a record that is refused. */
export function refusedRecord(
  code: string,
  reason: string,
  stage: RejectStage,
): Extract<HostRecord<never>, { ok: false }> {
  return { ok: false, outcome: { kind: 'rejected', code, reason, stage } };
}
