import { replaceKafkajsModule } from './kafkajs-module.js';

/** What the filter needs to know of a fetched record. */
export interface FetchedRecord {
  readonly offset: string;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** One aborted transaction as the broker lists it: in the order in which they ended, not in which they began. */
export interface AbortedTransaction {
  readonly firstOffset: string;
  readonly producerId: string;
}

/**
 * Returns the records that belong to no aborted transaction, control records included. O(records + aborted log aborted).
 *
 * kafkajs 2.2.4 (consumer/filterAbortedMessages.js) shows aborted records to read_committed consumers in two cases:
 * it takes the broker's list for sorted by first offset and steps into one transaction per record, so interleaved
 * transactions of two producers slip through; and it takes any record whose key is four zero bytes for an abort marker.
 * Here the list is sorted, every transaction that has begun is entered, and only a control record ends one.
 */
export function withoutAbortedRecords<T extends FetchedRecord>(fetched: {
  readonly messages: readonly T[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
}): readonly T[] {
  const aborted = [...(fetched.abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  );
  if (aborted.length === 0) return fetched.messages;
  const open = new Set<string>();
  let next = 0;
  return fetched.messages.filter((record) => {
    for (
      let begun = aborted[next];
      begun !== undefined && Number(begun.firstOffset) <= Number(record.offset);
      begun = aborted[next]
    ) {
      open.add(begun.producerId);
      next += 1;
    }
    const { producerId, inTransaction } = record.batchContext;
    if (record.isControlRecord) {
      open.delete(producerId);
      return true;
    }
    return !(inTransaction && open.has(producerId));
  });
}

/** Puts {@link withoutAbortedRecords} in the place of kafkajs's own filter. */
export function patchAbortedRecords(): void {
  replaceKafkajsModule('consumer/filterAbortedMessages', withoutAbortedRecords);
}
