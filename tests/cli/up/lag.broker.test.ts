import { describe, expect, it } from 'vitest';
import { groupLag } from '../../../cli/up/lag.js';
import { topicName } from '../../../common/kafka/topics.js';
import { kafkaClient } from '../../support/kafka.js';
import { uniqueName } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';

describe('the lag of a group', () => {
  it('is what it has not committed over all partitions, the whole log before its first commit', async () => {
    const topic = topicName(await makeTopics(2), 'metrics');
    const kafka = kafkaClient();
    const [admin, producer] = [kafka.admin(), kafka.producer({})];
    await Promise.all([admin.connect(), producer.connect()]);
    try {
      const groupId = uniqueName('lag');
      expect(await groupLag(admin, groupId, topic)).toBe(0);
      const records = [0, 0, 0, 1, 1].map((partition) => ({ partition, value: 'x' }));
      await producer.send({ topic, messages: records });
      expect(await groupLag(admin, groupId, topic)).toBe(5);
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '2' }] });
      expect(await groupLag(admin, groupId, topic)).toBe(3);
      // What retention has deleted cannot be read any more: it is no lag.
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '1' }] });
      expect(await groupLag(admin, groupId, topic)).toBe(2);
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    }
  });
});
