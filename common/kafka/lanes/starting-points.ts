import type { Admin } from 'kafkajs';
import type { Logger } from '../../log.js';
import type { GroupOffset } from './forgotten-transaction.js';
import type { StartingPoint } from './partition-run.js';
import { decodeRestore } from './restore-metadata.js';

export interface StartingPointQuery {
  readonly admin: Admin;
  readonly groupId: string;
  readonly inputTopic: string;
  readonly stateTopic: string | undefined;
  readonly partitions: readonly number[];
  /** By partition, where it goes on at least, whatever the group's offset: behind results that are there. */
  readonly next: ReadonlyMap<number, number>;
  readonly log: Logger;
  /** Called with the number of records that retention deleted before the group read them. */
  readonly onLost: (records: number) => void;
}

/**
 * Returns where each partition starts: the group's offset and restore metadata, bounded by what the log still holds.
 * Records that retention deleted unread are counted and logged, never skipped in silence.
 */
export async function startingPoints(query: StartingPointQuery): Promise<Map<number, StartingPoint>> {
  const { admin, groupId, inputTopic, stateTopic } = query;
  const committed = await committedOffsets(admin, groupId, inputTopic);
  const inputLog = await logBounds(admin, inputTopic);
  const stateLog =
    stateTopic === undefined ? new Map<number, LogBounds>() : await logBounds(admin, stateTopic);
  return new Map(
    query.partitions.map((partition) => {
      const input = inputLog.get(partition) ?? { low: 0, end: 0 };
      const state = stateLog.get(partition) ?? { low: 0, end: 0 };
      const entry = committed.get(partition);
      const own = boundedOffset(query, partition, Number(entry?.offset ?? -1), input.low);
      // Of a group without an offset nobody knows what it has done: it may have been deleted so that all is done again.
      const end = entry === undefined || Number(entry.offset) < 0 ? own : input.end;
      const next = behindResults(query, partition, { low: own, end });
      const wanted = Math.min(next, decodeRestore(entry?.metadata) ?? next);
      const restore = Math.max(wanted, input.low);
      if (wanted < input.low)
        query.log.error(
          { topic: inputTopic, partition, restore: wanted, low: input.low },
          'records were deleted by retention before their state was saved: state is rebuilt without them',
        );
      return [partition, { committed: next, restore, stateLow: state.low, stateEnd: state.end }];
    }),
  );
}

/**
 * Returns what the group has committed of partitions, as the settling of a forgotten transaction asks for it. A lane's offsets have restore metadata.
 */
export async function groupOffsets({
  admin,
  groupId,
  inputTopic,
  partitions,
}: Pick<StartingPointQuery, 'admin' | 'groupId' | 'inputTopic' | 'partitions'>): Promise<
  Map<number, GroupOffset>
> {
  const committed = await committedOffsets(admin, groupId, inputTopic);
  const log = await logBounds(admin, inputTopic);
  return new Map(
    partitions.map((partition) => {
      const { offset = '-1', metadata = null } = committed.get(partition) ?? {};
      const isOurs = Number(offset) < 0 || decodeRestore(metadata) !== null;
      const start = Math.max(Number(offset), log.get(partition)?.low ?? 0);
      return [partition, { committed: Number(offset), start, isOurs }];
    }),
  );
}

async function committedOffsets(admin: Admin, groupId: string, topic: string) {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(offsets?.partitions.map((entry) => [entry.partition, entry]));
}

/** Returns `low`, the group's own offset, or where results end that go beyond it; results beyond the end of the log are of another input. */
function behindResults(
  { next, inputTopic, log }: StartingPointQuery,
  partition: number,
  { low, end }: LogBounds,
): number {
  const results = next.get(partition) ?? 0;
  if (results <= low || results > end) return low;
  log.warn(
    { topic: inputTopic, partition, offset: low, next: results },
    'the broker has forgotten the end of a transaction whose results are there: going on behind them',
  );
  return results;
}

/** -1 means never committed: start at the start of the log. */
function boundedOffset(query: StartingPointQuery, partition: number, offset: number, low: number): number {
  if (offset >= low) return offset;
  if (offset >= 0) {
    query.log.error(
      { topic: query.inputTopic, partition, offset, low, lost: low - offset },
      'records were deleted by retention before this group read them',
    );
    query.onLost(low - offset);
  }
  return low;
}

interface LogBounds {
  readonly low: number;
  readonly end: number;
}

async function logBounds(admin: Admin, topic: string): Promise<Map<number, LogBounds>> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return new Map(
    partitions.map(({ partition, low, high }) => [partition, { low: Number(low), end: Number(high) }]),
  );
}
