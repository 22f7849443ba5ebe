import type { IHeaders } from 'kafkajs';
import type { RawRecord, RawRecords, ReadingAdmin } from '../patches/raw-records.js';

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

/** The newest record in one partition of a topic that was not aborted, and what became of its transaction there. */
export interface LastOutput {
  readonly partition: number;
  readonly fate: 'open' | 'committed';
  /** What it tells of this group; null when it tells nothing. */
  readonly range: OffsetRange | null;
}

/** What of a group's work is to be looked for. */
export interface OutputQuery {
  readonly admin: Pick<ReadingAdmin, 'fetchTopicOffsets' | 'fetchRaw'>;
  readonly groupId: string;
  /** Full names of the topics that its transactions write to. */
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
 * Returns the newest record of every topic and partition that was not aborted, where there is one. Two requests a topic, one or a few a
 * partition; one topic's partitions in turn, so that no more than a fetch a topic is in memory.
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
    if (tail !== null)
      found.push({ partition, fate: tail.fate, range: decodeRange(tail.record.headers, groupId) });
  }
  return found;
}

/** The newest record of a log that was not aborted. */
interface Tail {
  readonly record: RawRecord;
  readonly fate: LastOutput['fate'];
}

/**
 * Looks in wider and wider stretches before `high`, the start of the oldest open transaction if there is one, and always on to the end; null when there is no
 * such record, or the log cannot be read on to its end.
 */
async function newestIn(
  { low, high }: { readonly low: number; readonly high: number },
  fetch: (from: number) => Promise<RawRecords>,
): Promise<Tail | null> {
  for (let width = FIRST_WIDTH; ; width *= WIDER) {
    const from = Math.max(low, high - width);
    const reading = new TailReading();
    for (let at = from, end = from + 1; at < end; ) {
      const fetched = await fetch(at);
      const last = fetched.records.at(-1);
      end = fetched.end;
      if (last === undefined && at < end) return null;
      for (const record of fetched.records) reading.take(record);
      at = last === undefined ? end : Number(last.offset) + 1;
    }
    if (reading.newest !== null) return reading.newest;
    if (from === low || width >= MOST) return null;
  }
}

/** Reads one writer's records and end markers in the order of the log. */
class TailReading {
  #open: RawRecord | null = null;
  #committed: RawRecord | null = null;

  take(record: RawRecord): void {
    if (!record.isControlRecord) {
      this.#open = record;
      return;
    }
    if (this.#open !== null && isCommit(record)) this.#committed = this.#open;
    this.#open = null;
  }

  get newest(): Tail | null {
    if (this.#open !== null) return { record: this.#open, fate: 'open' };
    return this.#committed === null ? null : { record: this.#committed, fate: 'committed' };
  }
}

function isCommit({ key }: RawRecord): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === COMMIT_MARKER;
}
