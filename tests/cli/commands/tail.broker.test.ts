import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../cli/program.js';
import { topicName } from '../../../common/kafka/topics.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { metricEvent } from '../../schemas/samples.js';
import { kafkaClient } from '../../support/kafka.js';
import { testKafka } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { fakeIo } from '../fake-io.js';

let prefix: string;
beforeAll(async () => {
  prefix = await makeTopics(1);
  const producer = kafkaClient().producer({});
  await producer.connect();
  const value = metricEventCodec.encode(metricEvent);
  const headers = { 'tidewatch-id': metricEvent.id };
  await producer.send({
    topic: topicName(prefix, 'metrics'),
    messages: [
      { partition: 0, key: metricEvent.host, value, headers },
      { partition: 0, key: 'nonsense', value: 'no Avro' },
      { partition: 0, key: 'deleted', value: null },
    ],
  });
  await producer.disconnect();
});

async function tail(...args: readonly string[]): Promise<string[]> {
  const environment = {
    KAFKA_BROKERS: testKafka().brokers.join(','),
    TOPIC_PREFIX: prefix,
    LOG_LEVEL: 'silent',
  };
  const fake = fakeIo({ environment });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'tail', ...args]);
  return fake.stdout().trimEnd().split('\n');
}

describe('tidewatch tail', () => {
  it('prints records as JSON, unreadable ones with the reason, and ends after the number asked for', async () => {
    const lines = await tail('metrics.v1', '--json', '--from-beginning', '--max', '3');
    expect(lines).toHaveLength(3);
    const [sound, broken, deleted] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(sound).toMatchObject({
      partition: 0,
      offset: 0,
      key: metricEvent.host,
      headers: { 'tidewatch-id': metricEvent.id },
      value: { id: metricEvent.id, host: metricEvent.host, values: [...metricEvent.values] },
    });
    expect(broken).toMatchObject({
      key: 'nonsense',
      value: { unreadable: expect.stringMatching(/^[A-Z_]+$/) },
    });
    expect(deleted).toMatchObject({ key: 'deleted', value: null });
  });

  it('takes the short name, and prints one line per record for people', async () => {
    const [line] = await tail('metrics', '--from-beginning', '--max', '1');
    expect(line).toMatch(new RegExp(`^\\d{4}-\\S+Z 0/0 ${metricEvent.host} \\{"id":"`));
  });
});
