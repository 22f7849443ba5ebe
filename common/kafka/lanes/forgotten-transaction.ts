import type { LastOutput } from './last-outputs.js';

/** What a group has committed of one partition. */
export interface GroupOffset {
  /** Next offset; -1 when the group has committed none. */
  readonly committed: number;
  /** Where it goes on: the same, or the start of the log. */
  readonly start: number;
  /** Whether a lane committed it, or nobody did: an offset that someone has set is obeyed, whatever the outputs tell. */
  readonly isOurs: boolean;
}

/** How a fence ends what may be open, and where partitions go on that are further than the group's offset tells. */
export interface Settlement {
  readonly end: 'commit' | 'abort';
  /** Next offsets by partition. */
  readonly next: ReadonlyMap<number, number>;
}

/**
 * Returns how to settle a transaction of which the coordinator forgot end markers, all or some. The last transaction of a lane begins at the group's offsets or,
 * once these are committed, ends there. It was committed when any of its parts is: an output that begins at the group's offset and is committed, or one
 * that ends at or before the offset and is still open. Then what is open of it is committed too, and the partitions go on behind it. Without
 * such a part nobody has seen anything of what is open: it is aborted, and done again.
 */
export function settle(
  outputs: readonly LastOutput[],
  offsets: ReadonlyMap<number, GroupOffset>,
): Settlement {
  const next = new Map<number, number>();
  const ownOffset = ({ partition }: LastOutput) => {
    const group = offsets.get(partition);
    return group?.isOurs === true ? group : null;
  };
  const follows = (output: LastOutput) => ownOffset(output)?.start === output.from;
  const isPart = (output: LastOutput) =>
    output.fate === 'committed' ? follows(output) : output.next <= (ownOffset(output)?.committed ?? -1);
  const end = outputs.some(isPart) ? 'commit' : 'abort';
  for (const output of outputs) {
    const isDone = output.fate === 'committed' || end === 'commit';
    if (isDone && follows(output))
      next.set(output.partition, Math.max(output.next, next.get(output.partition) ?? 0));
  }
  return { end, next };
}
