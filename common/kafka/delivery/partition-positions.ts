import type { Admin, Batch } from 'kafkajs';
import type { Logger } from '../../log.js';
import { Position } from '../lanes/position.js';

/** Where a partition of the group stands. */
export interface GroupPosition {
  readonly topic: string;
  readonly partition: number;
  /** Next offset that the group has not committed, -1 when it never did. */
  readonly committed: number;
  /** Oldest offset in the log, and the next one that will be written. */
  readonly low: number;
  readonly end: number;
}

/** Returns where the group stands in every partition of the topics: one request for the offsets and one per topic. */
export async function groupPositions(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<readonly GroupPosition[]> {
  const offsets = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const positions: GroupPosition[] = [];
  for (const topic of topics) {
    const committed = new Map(
      offsets
        .find((entry) => entry.topic === topic)
        ?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
    );
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const bounds = { low: Number(low), end: Number(high) };
      positions.push({ topic, partition, committed: committed.get(partition) ?? -1, ...bounds });
    }
  }
  return positions;
}

/** A batch with control or aborted records only. */
export interface SkippedBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offset that was asked for, and the last one of the batch. */
  readonly fetchedAt: number;
  readonly last: number;
}

/**
 * The expected position of every partition in the current generation of the group, read from the group's offsets when
 * the generation's first batch comes. kafkajs's own idea of it is not to be trusted after a rebalance (kafka-facts K6).
 */
export class PartitionPositions {
  readonly #read: () => Promise<readonly GroupPosition[]>;
  readonly #log: Logger;
  readonly #known = new Map<string, Position>();
  #start: Promise<ReadonlyMap<string, GroupPosition>> | undefined;
  #generation = 0;

  constructor(read: () => Promise<readonly GroupPosition[]>, log: Logger) {
    this.#read = read;
    this.#log = log;
  }

  /** Forgets everything: the group has rebalanced. */
  reset(): void {
    this.#generation += 1;
    this.#known.clear();
    this.#start = undefined;
  }

  /**
   * Returns the position of a partition; `fetchedAt` is taken on trust when the group never committed there. Null when the
   * group rebalanced meanwhile: the batch in hand is of an earlier generation.
   */
  async of(topic: string, partition: number, fetchedAt: number): Promise<Position | null> {
    const generation = this.#generation;
    const key = `${topic}/${partition}`;
    if (this.#known.get(key) === undefined) {
      this.#start ??= this.#load();
      const found = (await this.#start).get(key);
      if (generation !== this.#generation) return null;
      // Two batches of the partition may have waited for the answer: the first of them has made the position.
      if (!this.#known.has(key)) this.#known.set(key, new Position(this.#startOf(found, fetchedAt)));
    }
    return this.#known.get(key) ?? null;
  }

  /** Takes note of a batch that held nothing for us; returns what {@link Position.skip} does. */
  async skip({ topic, partition, fetchedAt, last }: SkippedBatch): Promise<number | null> {
    return (await this.of(topic, partition, fetchedAt))?.skip(fetchedAt, last) ?? null;
  }

  async #load(): Promise<ReadonlyMap<string, GroupPosition>> {
    try {
      return new Map((await this.#read()).map((entry) => [`${entry.topic}/${entry.partition}`, entry]));
    } catch (error) {
      this.#start = undefined;
      throw error;
    }
  }

  #startOf(found: GroupPosition | undefined, fetchedAt: number): number {
    if (found === undefined || found.committed < 0) return fetchedAt;
    if (found.committed >= found.low) return found.committed;
    const { topic, partition, committed, low } = found;
    this.#log.error(
      { topic, partition, offset: committed, low, lost: low - committed },
      'records were deleted by retention before this group read them',
    );
    return low;
  }
}

/** Returns the offset that was asked for: kafkajs sets `fetchedOffset` on every batch, its types leave it out. */
export function fetchedOffset(batch: Batch): number {
  const value: unknown = Reflect.get(batch, 'fetchedOffset');
  return Number(value === undefined ? batch.firstOffset() : String(value));
}
