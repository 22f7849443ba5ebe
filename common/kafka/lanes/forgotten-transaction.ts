import type { LastOutput, OffsetRange } from './last-outputs.js';

/** What a group has committed of one partition. */
export interface GroupOffset {
  /** Next offset; -1 when the group has committed none. */
  readonly committed: number;
  /** Where it goes on: the same, or the start of the log. */
  readonly start: number;
  /** Whether a lane committed it, or nobody did: an offset that someone has set is obeyed, whatever the outputs tell. */
  readonly isOurs: boolean;
}

/** How a fence ends what is open beyond the coordinator's knowledge, and where partitions go on that are further than the group's offset tells. */
export interface Settlement {
  readonly end: 'commit' | 'abort' | 'nothing';
  /** Next offsets by partition. */
  readonly next: ReadonlyMap<number, number>;
}

/**
 * Returns how to settle a transaction of which the coordinator forgot end markers, all or some. The last transaction of a lane begins at the group's offsets or,
 * once these are committed, ends there. It was committed when any of its parts is: an output that begins at the group's offset and is committed, or one
 * that ends at or before the offset and is still open. Then what is open of it is committed too, and the partitions go on behind it. Without
 * such a part nobody has seen anything of what is open: it is aborted, and done again. As a rule nothing is open.
 */
export function settle(
  outputs: readonly LastOutput[],
  offsets: ReadonlyMap<number, GroupOffset>,
): Settlement {
  const next = new Map<number, number>();
  const ownOffset = (partition: number) => {
    const group = offsets.get(partition);
    return group?.isOurs === true ? group : null;
  };
  const follows = (partition: number, { from }: OffsetRange) => ownOffset(partition)?.start === from;
  const isPart = ({ partition, fate, range }: LastOutput) => {
    if (range === null) return false;
    if (fate === 'committed') return follows(partition, range);
    return range.next <= (ownOffset(partition)?.committed ?? -1);
  };
  const isOpen = outputs.some(({ fate }) => fate === 'open');
  const end = outputs.some(isPart) ? 'commit' : isOpen ? 'abort' : 'nothing';
  for (const { partition, fate, range } of outputs) {
    const isDone = fate === 'committed' || end === 'commit';
    if (range !== null && isDone && follows(partition, range))
      next.set(partition, Math.max(range.next, next.get(partition) ?? 0));
  }
  return { end, next };
}
