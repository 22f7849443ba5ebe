import { TidewatchError } from '../../errors.js';
import { kafkajsInternal } from './kafkajs-module.js';

interface OffsetManagerPrototype {
  setDefaultOffset(position: { topic: string; partition: number }): Promise<void>;
}

/**
 * Makes an offset that is out of range an error instead of a silent jump.
 *
 * kafkajs 2.2.4 (consumer/offsetManager, setDefaultOffset) answers OFFSET_OUT_OF_RANGE by committing -2 or -1 over the
 * group's offset, even with autoCommit false: the group then starts again at the beginning (mass duplicates) or at the
 * end (silent loss). A reader that finds its position gone has lost data to retention: somebody has to know.
 */
export function patchOffsetReset(): void {
  const { prototype } = kafkajsInternal('consumer/offsetManager') as { prototype: OffsetManagerPrototype };
  prototype.setDefaultOffset = ({ topic, partition }) => Promise.reject(offsetOutOfRange(topic, partition));
}

/** Returns the error of a position that the broker no longer (or not yet) has. Not retriable: kafkajs then stops for good. */
export function offsetOutOfRange(topic: string, partition: number): TidewatchError {
  return new TidewatchError({
    code: 'OFFSET_OUT_OF_RANGE',
    retriable: false,
    message: `fetching ${topic}/${partition}: the position is outside the log; records were deleted before they were read`,
    facts: { topic, partition },
  });
}
