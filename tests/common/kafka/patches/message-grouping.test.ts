import { describe, expect, it } from 'vitest';
import { groupByPartition } from '../../../../common/kafka/patches/message-grouping.js';

const partitioner = ({ message }: { message: { partition: number } }) => message.partition;

describe('groupByPartition', () => {
  it('keeps the order of messages within each partition', () => {
    const messages = [3, 1, 3, 1, 2].map((partition, place) => ({ partition, place }));
    const groups = groupByPartition({ topic: 't', partitionMetadata: [{}], messages, partitioner });
    expect(Object.keys(groups)).toEqual(['1', '2', '3']);
    expect(groups[3]?.map(({ place }) => place)).toEqual([0, 2]);
    expect(groups[1]?.map(({ place }) => place)).toEqual([1, 3]);
  });

  it('groups nothing while the partitions are not known', () => {
    const messages = [{ partition: 0 }];
    expect(groupByPartition({ topic: 't', partitionMetadata: [], messages, partitioner })).toEqual({});
  });

  it('takes a time that grows with the messages, not with their square', () => {
    const messages = Array.from({ length: 200_000 }, () => ({ partition: 0 }));
    const groups = groupByPartition({ topic: 't', partitionMetadata: [{}], messages, partitioner });
    expect(groups[0]).toHaveLength(200_000);
  });
});
