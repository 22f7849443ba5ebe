import type { IHeaders } from 'kafkajs';
import type { ReadingAdmin } from '../patches/visible-records.js';

/** Header of a transaction's last record in a partition: `<next input offset> <group>`, what the transaction commits for that partition. */
export const NEXT_HEADER = 'tidewatch-next';

/** Offsets looked at first, from the end: the newest record and the markers behind it lie there, as a rule. */
const FIRST_WIDTH = 8;
const WIDER = 8;
const MOST = 32_768;

/** What of a group's work is to be looked for. */
export interface OutputQuery {
  readonly admin: Pick<ReadingAdmin, 'fetchTopicOffsets' | 'fetchVisible'>;
  readonly groupId: string;
  /** Full names of the topics that its transactions write to. */
  readonly topics: readonly string[];
  readonly partitions: readonly number[];
}

/** Returns the header's text. */
export function encodeNext(offset: number, groupId: string): string {
  return `${offset} ${groupId}`;
}

/** Returns the offset that a record's header tells of this group, or null. */
export function decodeNext(headers: IHeaders | undefined, groupId: string): number | null {
  const [, offset, group] = /^(\d{1,16}) (.+)$/.exec(String(headers?.[NEXT_HEADER] ?? '')) ?? [];
  return offset === undefined || group !== groupId ? null : Number(offset);
}

/**
 * Returns, by partition, the next input offset that the group's newest visible outputs tell of; no entry where they tell nothing. More than the
 * group's own offset only when the broker lost the offsets of a transaction and kept its records. Two requests a topic, one or a few a partition.
 */
export async function visibleOutputs(query: OutputQuery): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const told = await Promise.all(query.topics.map((topic) => toldBy(topic, query)));
  for (const [partition, next] of told.flat())
    found.set(partition, Math.max(next, found.get(partition) ?? 0));
  return found;
}

async function toldBy(
  topic: string,
  { admin, groupId, partitions }: OutputQuery,
): Promise<[number, number][]> {
  const wanted = new Set(partitions);
  const logs = (await admin.fetchTopicOffsets(topic)).filter(({ partition }) => wanted.has(partition));
  const told = await Promise.all(
    logs.map(async ({ partition, low, high }) => {
      const headers = await newestHeaders({ low: Number(low), high: Number(high) }, (from) =>
        admin.fetchVisible({ topic, partition, from }),
      );
      return [partition, decodeNext(headers, groupId)] as const;
    }),
  );
  return told.flatMap(([partition, next]) => (next === null ? [] : [[partition, next] as [number, number]]));
}

/** Returns the headers of the newest visible record, looked for in wider and wider stretches before the end; undefined when there is none. */
async function newestHeaders(
  { low, high }: { readonly low: number; readonly high: number },
  fetch: (from: number) => ReturnType<ReadingAdmin['fetchVisible']>,
): Promise<IHeaders | undefined> {
  for (let width = FIRST_WIDTH; ; width *= WIDER) {
    const from = Math.max(low, high - width);
    let newest: { readonly headers?: IHeaders } | undefined;
    for (let at = from; at < high; ) {
      const { records, next } = await fetch(at);
      newest = records.at(-1) ?? newest;
      if (next === at) break;
      at = next;
    }
    if (newest !== undefined) return newest.headers;
    if (from === low || width >= MOST) return undefined;
  }
}
