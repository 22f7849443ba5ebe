import type { Admin } from 'kafkajs';
import type { Logger } from '../../log.js';
import type { StartingPoint } from './partition-run.js';
import { decodeRestore } from './restore-metadata.js';

export interface StartingPointQuery {
  readonly admin: Admin;
  readonly groupId: string;
  readonly inputTopic: string;
  readonly stateTopic: string | undefined;
  readonly partitions: readonly number[];
  /** By partition, the next offset that the group's visible outputs tell of. */
  readonly told: ReadonlyMap<number, number>;
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
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [inputTopic] });
  const inputLog = await logBounds(admin, inputTopic);
  const stateLog =
    stateTopic === undefined ? new Map<number, LogBounds>() : await logBounds(admin, stateTopic);
  const committed = new Map(offsets?.partitions.map((entry) => [entry.partition, entry]));
  return new Map(
    query.partitions.map((partition) => {
      const input = inputLog.get(partition) ?? { low: 0, end: 0 };
      const state = stateLog.get(partition) ?? { low: 0, end: 0 };
      const entry = committed.get(partition);
      const next = behindOutputs(query, {
        partition,
        // Someone who sets the group's offset back wants the work done again: then it has no restore metadata.
        offset: boundedOffset(query, partition, Number(entry?.offset ?? -1), input.low),
        end: decodeRestore(entry?.metadata) === null ? 0 : input.end,
      });
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

/** Returns the offset, or where the outputs end that go beyond it, up to `end`: what they tell of is done, whatever the broker knows of its offsets. */
function behindOutputs(
  { told, inputTopic, log }: StartingPointQuery,
  { partition, offset, end }: { readonly partition: number; readonly offset: number; readonly end: number },
): number {
  const next = Math.min(told.get(partition) ?? 0, end);
  if (next <= offset) return offset;
  log.warn(
    { topic: inputTopic, partition, offset, next },
    'the broker has lost the offset of a transaction whose results are there: going on behind them',
  );
  return next;
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
