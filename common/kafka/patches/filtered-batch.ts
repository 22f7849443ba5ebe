import { kafkajsInternal } from './kafkajs-module.js';

interface BatchPrototype {
  firstOffset(this: FetchedBatchState): string | null;
  isEmptyDueToFiltering(this: FetchedBatchState): boolean;
  [PATCHED]?: boolean;
}

interface FetchedBatchState {
  readonly fetchedOffset: string;
  isEmptyDueToFiltering(): boolean;
}

const PATCHED = Symbol.for('tidewatch.filtered-batch');

/**
 * Makes a batch without any record for the application (control and aborted records only) tell where it was fetched, as
 * `firstOffset` of the START_BATCH_PROCESS event, which is the only sign of such a batch.
 *
 * kafkajs 2.2.4 (consumer/batch) tells its first raw record instead. In a compacted topic that lies beyond the offset that
 * was asked for, so whoever counts offsets could not tell a hole left by compaction from a batch that does not follow on:
 * the position stayed behind, and what waits for it (loaded snapshots, a table that has caught up) waited for ever.
 */
export function patchFilteredBatch(): void {
  const { prototype } = kafkajsInternal('consumer/batch') as { prototype: BatchPrototype };
  if (prototype[PATCHED] === true) return;
  const original = prototype.firstOffset;
  prototype.firstOffset = function firstOrFetchedOffset(this: FetchedBatchState) {
    return this.isEmptyDueToFiltering() ? this.fetchedOffset : original.call(this);
  };
  prototype[PATCHED] = true;
}
