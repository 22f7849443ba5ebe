import { beforeAll, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { topicName } from '../../../../common/kafka/topics.js';
import type { ValidationReport } from '../../../../jobs/validate/report.js';
import { metricEventCodec } from '../../../../schemas/metric-event.js';
import { kafkaClient } from '../../../support/kafka.js';
import { testKafka } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';
import { fakeIo } from '../../fake-io.js';

const start = 1_700_000_000_000;
let prefix = '';
beforeAll(async () => {
  prefix = await makeTopics(2);
  const steady = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15].map((minute) =>
    event('good', minute, { cpu_percent: 50, load_1m: 1 }),
  );
  const bad = [
    event('bad', 0, { cpu_percent: 120, load_1m: 1 }),
    event('bad', 1, { load_1m: -1 }),
    { key: 'bad', value: Buffer.from('poison') },
  ];
  const producer = kafkaClient().producer({});
  await producer.connect();
  await producer.send({ topic: topicName(prefix, 'metrics'), messages: [...steady, ...bad] });
  await producer.disconnect();
});

function event(host: string, minute: number, readings: Readonly<Record<string, number>>) {
  const [metrics, values] = [Object.keys(readings), Object.values(readings)];
  const timestamp = start + minute * 60_000;
  const id = `p:${host}-${minute}`;
  return {
    key: host,
    value: metricEventCodec.encode({ id, host, timestamp, source: 'load', metrics, values, labels: {} }),
  };
}

async function validate(...flags: string[]): Promise<string> {
  const brokers = testKafka().brokers.join(',');
  const fake = fakeIo({ environment: { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix, LOG_LEVEL: 'silent' } });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'job', 'validate', ...flags]);
  return fake.stdout();
}

it('checks one host of the metrics topic', async () => {
  const report = JSON.parse(await validate('--host', 'good', '--json')) as ValidationReport;
  expect(report).toMatchObject({
    rows: 11,
    violatingRows: 0,
    gaps: 1,
    hosts: [{ host: 'good', rowsInGaps: 5 }],
  });
});

it('counts what cannot be read and what is wrong, and fails', async () => {
  await expect(validate('--host', 'bad', '--validate-min-rows', '3')).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: 'validating metrics: 3 of 3 rows violate a check',
  });
  const all = JSON.parse(await validate('--json', '--validate-max-violations', '0.3')) as ValidationReport;
  expect(all).toMatchObject({
    rows: 14,
    violatingRows: 3,
    violations: { schema: { count: 1 }, range: { count: 2 }, missing: { count: 1 } },
  });
});

it('refuses when there are too few events, and says how many are missing', async () => {
  await expect(validate('--host', 'bad')).rejects.toMatchObject({
    code: 'TOO_FEW_ROWS',
    message: expect.stringContaining('3 rows, 7 more are needed'),
  });
});
