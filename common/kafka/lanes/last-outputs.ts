import type { IHeaders } from 'kafkajs';
import type { RawRecord, ReadingAdmin } from '../patches/raw-records.js';

/**
 * Header of a transaction's last record in each partition of its outputs: `<from> <next> <group>`, the input offsets of that partition number which the
 * transaction is about, from the first to before the next. A transaction's `from` is its predecessor's `next`.
 */
export const OFFSETS_HEADER = 'tidewatch-offsets';

/** Offsets looked at first, from the end: the newest record and the markers behind it lie there, as a rule. */
const FIRST_WIDTH = 8;
const WIDER = 8;
const MOST = 32_768;
const COMMIT_MARKER = 1;

/** Input offsets that one transaction is about. */
export interface OffsetRange {
  readonly from: number;
  readonly next: number;
}

/** The newest output of a group in one partition, and what became of its transaction there. */
export interface LastOutput extends OffsetRange {
  readonly partition: number;
  readonly fate: 'open' | 'committed' | 'aborted';
}

/** What of a group's work is to be looked for. */
export interface OutputQuery {
  readonly admin: Pick<ReadingAdmin, 'fetchTopicOffsets' | 'fetchRaw'>;
  readonly groupId: string;
  /** Full names of topics to which nobody else writes. */
  readonly topics: readonly string[];
  readonly partitions: readonly number[];
}

/** Returns the header's text. */
export function encodeRange({ from, next }: OffsetRange, groupId: string): string {
  return `${from} ${next} ${groupId}`;
}

/** Returns what a record's header tells of this group, or null. */
export function decodeRange(headers: IHeaders | undefined, groupId: string): OffsetRange | null {
  const text = String(headers?.[OFFSETS_HEADER] ?? '');
  const [, from, next, group] = /^(\d{1,16}) (\d{1,16}) (.+)$/.exec(text) ?? [];
  return from === undefined || group !== groupId ? null : { from: Number(from), next: Number(next) };
}

/**
 * Returns the group's newest output of every topic and partition, whatever became of its transaction; none where the newest record tells nothing. Two
 * requests a topic, one or a few a partition; one topic's partitions in turn, so that no more than a fetch a topic is in memory.
 */
export async function lastOutputs(query: OutputQuery): Promise<LastOutput[]> {
  return (await Promise.all(query.topics.map((topic) => lastOf(topic, query)))).flat();
}

async function lastOf(topic: string, { admin, groupId, partitions }: OutputQuery): Promise<LastOutput[]> {
  const logs = await admin.fetchTopicOffsets(topic);
  const found: LastOutput[] = [];
  for (const partition of partitions) {
    const log = logs.find((one) => one.partition === partition);
    const tail = await newestIn({ low: Number(log?.low ?? 0), high: Number(log?.high ?? 0) }, (from) =>
      admin.fetchRaw({ topic, partition, from }),
    );
    const range = decodeRange(tail?.record.headers, groupId);
    if (tail !== null && range !== null) found.push({ ...range, partition, fate: fateOf(tail.marker) });
  }
  return found;
}

/** The newest record of a log, and the first end marker behind it. */
interface Tail {
  readonly record: RawRecord;
  readonly marker: RawRecord | undefined;
}

/** Looks in wider and wider stretches before the end; null when there is no record, or one cannot be read on to the end. */
async function newestIn(
  { low, high }: { readonly low: number; readonly high: number },
  fetch: (from: number) => Promise<readonly RawRecord[]>,
): Promise<Tail | null> {
  for (let width = FIRST_WIDTH; ; width *= WIDER) {
    const from = Math.max(low, high - width);
    let tail: Tail | null = null;
    for (let at = from; at < high; ) {
      const fetched = await fetch(at);
      const last = fetched.at(-1);
      if (last === undefined) return null;
      tail = newestOf(fetched) ?? withMarker(tail, fetched);
      at = Number(last.offset) + 1;
    }
    if (tail !== null) return tail;
    if (from === low || width >= MOST) return null;
  }
}

function newestOf(fetched: readonly RawRecord[]): Tail | null {
  const at = fetched.findLastIndex(({ isControlRecord }) => !isControlRecord);
  const record = fetched[at];
  return record === undefined ? null : { record, marker: fetched[at + 1] };
}

/** Nothing but markers has been fetched. */
function withMarker(tail: Tail | null, [first]: readonly RawRecord[]): Tail | null {
  return tail === null ? null : { record: tail.record, marker: tail.marker ?? first };
}

function fateOf(marker: RawRecord | undefined): LastOutput['fate'] {
  if (marker === undefined) return 'open';
  return marker.key !== null && marker.key.length >= 4 && marker.key.readInt16BE(2) === COMMIT_MARKER
    ? 'committed'
    : 'aborted';
}
