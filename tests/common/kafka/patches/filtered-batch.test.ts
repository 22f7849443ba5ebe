import { describe, expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { Position } from '../../../../common/kafka/lanes/position.js';
import { kafkajsInternal } from '../../../../common/kafka/patches/kafkajs-module.js';

interface Batch {
  firstOffset(): string | null;
  lastOffset(): string;
}

const record = (offset: number, isControlRecord: boolean) => ({
  offset: String(offset),
  isControlRecord,
  key: Buffer.from('k'),
  batchContext: { producerId: '1', inTransaction: true },
});

/** Returns kafkajs's own batch, fetched at an offset. */
function batchOf(fetchedOffset: number, records: readonly ReturnType<typeof record>[]): Batch {
  loadPatchedKafkajs();
  const KafkajsBatch = kafkajsInternal('consumer/batch') as new (
    topic: string,
    fetchedOffset: string,
    data: object,
  ) => Batch;
  return new KafkajsBatch('t', String(fetchedOffset), {
    partition: 0,
    highWatermark: '100',
    messages: records,
    abortedTransactions: [],
  });
}

describe('a batch without records for us', () => {
  it('tells where it was fetched, so that the position follows over the hole that compaction left', () => {
    const batch = batchOf(5, [record(8, true), record(9, true)]);
    const position = new Position(5);
    position.skip(Number(batch.firstOffset()), Number(batch.lastOffset()));
    expect(position.next).toBe(10);
  });

  it('moves nobody who expects an earlier offset', () => {
    const batch = batchOf(8, [record(8, true)]);
    const position = new Position(5);
    position.skip(Number(batch.firstOffset()), Number(batch.lastOffset()));
    expect(position.next).toBe(5);
  });

  it('leaves batches with records alone', () => {
    expect(batchOf(5, [record(8, false)]).firstOffset()).toBe('8');
  });
});
