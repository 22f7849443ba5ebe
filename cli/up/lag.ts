import type { Admin } from 'kafkajs';

/** Returns the records of a topic that a group has not committed yet: end of the log less committed offset, over all partitions. */
export async function groupLag(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce(
    (lag, { partition, low, high }) =>
      lag + Math.max(0, Number(high) - Math.max(committed.get(partition) ?? -1, Number(low))),
    0,
  );
}
