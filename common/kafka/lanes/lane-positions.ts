import type { Logger } from '../../log.js';
import type { ReadingAdmin } from '../patches/raw-records.js';
import type { TopicName } from '../topics.js';
import { type Settlement, settle } from './forgotten-transaction.js';
import { lastOutputs } from './last-outputs.js';
import type { StartingPoint } from './partition-run.js';
import { type Processor, writtenTopics } from './processor.js';
import { groupOffsets, startingPoints } from './starting-points.js';

/** What a lane asks about where it stands, each time that it is opened. */
export interface LanePositions {
  /** Returns how to settle what the former owner may have left half done, asked once it is fenced. */
  takeStock(partitions: readonly number[]): Promise<Settlement>;
  /** Returns where each partition starts, at `next` where that is further than the group's offset; asked after the fence. */
  startsOf(
    partitions: readonly number[],
    next: Settlement['next'],
  ): Promise<ReadonlyMap<number, StartingPoint>>;
}

export interface LanePositionsOptions {
  readonly admin: ReadingAdmin;
  readonly groupId: string;
  readonly processor: Processor;
  readonly nameOf: (topic: TopicName) => string;
  readonly log: Logger;
  /** Called with the number of records that retention deleted before the group read them. */
  readonly onLost: (records: number) => void;
}

/** Returns the positions of one group, read from the broker every time. */
export function lanePositions(options: LanePositionsOptions): LanePositions {
  const { admin, groupId, processor, nameOf, log, onLost } = options;
  const asked = { admin, groupId, inputTopic: nameOf(processor.input) };
  const stateTopic = processor.state === undefined ? undefined : nameOf(processor.state);
  const topics = writtenTopics(processor).map(nameOf);
  return {
    takeStock: async (partitions) =>
      settle(
        await lastOutputs({ ...asked, topics, partitions }),
        await groupOffsets({ ...asked, partitions }),
      ),
    startsOf: (partitions, next) => startingPoints({ ...asked, stateTopic, partitions, next, log, onLost }),
  };
}
