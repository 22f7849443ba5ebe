import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { planTopics } from '../../../common/kafka/apply-topics.js';
import { topicSettings } from '../../../common/kafka/settings.js';
import { TOPICS } from '../../../common/kafka/topics.js';

const settings = readSettings(topicSettings, {
  values: {
    TOPIC_PARTITIONS: '12',
    TOPIC_REPLICATION: '3',
    TOPIC_RETENTION_METRICS_HOURS: '0.5',
  },
  readFile: () => '',
});
const plan = planTopics('x.', settings, new Set(['x.metrics.v1']));
const of = (topic: string) => plan.find((line) => line.topic === topic);

describe('planTopics', () => {
  it('keeps what is there and creates the rest of the table', () => {
    expect(plan).toHaveLength(Object.keys(TOPICS).length);
    expect(plan.filter(({ action }) => action === 'keep').map(({ topic }) => topic)).toEqual([
      'x.metrics.v1',
    ]);
  });

  it('gives topics of hosts the same number of partitions, and models one', () => {
    for (const topic of ['metrics.v1', 'metrics.v1.dead-letter', 'features.v1', 'window-state.v1'])
      expect(of(`x.${topic}`)).toMatchObject({ partitions: 12, replication: 3 });
    expect(of('x.models.v1')).toMatchObject({ partitions: 1, replication: 3 });
  });

  it('compacts tables for ever and deletes streams by age; metrics carry their append time', () => {
    expect(of('x.metrics.v1')?.config).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '1800000',
      'message.timestamp.type': 'LogAppendTime',
    });
    expect(of('x.window-state.v1')?.config).toMatchObject({
      'cleanup.policy': 'compact',
      'message.timestamp.type': 'CreateTime',
    });
    expect(of('x.window-state.v1')?.config).not.toHaveProperty('retention.ms');
  });
});
