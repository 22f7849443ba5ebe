import { describe, expect, it } from 'vitest';
import {
  type FetchedRecord,
  withoutAbortedRecords,
} from '../../../../common/kafka/patches/aborted-records.js';

const record = (offset: number, producerId: string, isControlRecord = false): FetchedRecord => ({
  offset: String(offset),
  isControlRecord,
  batchContext: { producerId, inTransaction: true },
});
const offsetsOf = (records: readonly FetchedRecord[]) =>
  records.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));

describe('withoutAbortedRecords', () => {
  it('hides two aborted transactions that interleave, listed by the broker in the order of their ends', () => {
    const messages = [
      record(0, 'a'),
      record(1, 'b'),
      record(2, 'a'),
      record(3, 'b', true),
      record(4, 'a'),
      record(5, 'a', true),
      record(6, 'b'),
    ];
    const abortedTransactions = [
      { producerId: 'b', firstOffset: '1' },
      { producerId: 'a', firstOffset: '0' },
    ];
    expect(offsetsOf(withoutAbortedRecords({ messages, abortedTransactions }))).toEqual([6]);
  });

  it('enters every transaction that began at or before a record, even several at once', () => {
    const abortedTransactions = [
      { producerId: 'a', firstOffset: '0' },
      { producerId: 'b', firstOffset: '0' },
    ];
    expect(
      offsetsOf(withoutAbortedRecords({ messages: [record(3, 'b'), record(4, 'a')], abortedTransactions })),
    ).toEqual([]);
  });

  it('does not take a key of four zero bytes for the end of a transaction', () => {
    const zeroKey = { ...record(1, 'a'), key: Buffer.alloc(4) };
    const kept = withoutAbortedRecords({
      messages: [record(0, 'a'), zeroKey, record(2, 'a')],
      abortedTransactions: [{ producerId: 'a', firstOffset: '0' }],
    });
    expect(offsetsOf(kept)).toEqual([]);
  });

  it('keeps what the same producer commits afterwards, and the records of others', () => {
    const messages = [record(0, 'a'), record(1, 'c'), record(2, 'a', true), record(3, 'a')];
    expect(
      offsetsOf(
        withoutAbortedRecords({ messages, abortedTransactions: [{ producerId: 'a', firstOffset: '0' }] }),
      ),
    ).toEqual([1, 3]);
  });

  it('hands everything on when nothing was aborted', () => {
    const messages = [record(0, 'a')];
    expect(withoutAbortedRecords({ messages, abortedTransactions: null })).toBe(messages);
  });
});
