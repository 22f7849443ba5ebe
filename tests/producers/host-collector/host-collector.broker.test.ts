import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { createRegistry } from '../../../common/metrics.js';
import { collectorSettings } from '../../../producers/host-collector/config.js';
import { type RunningCollector, runHostCollector } from '../../../producers/host-collector/main.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { makeTopics } from '../../support/topics.js';
import { consumeUntil } from '../consumed-records.js';

let prefix: string;
let collector: RunningCollector;

beforeAll(async () => {
  prefix = await makeTopics(4);
  collector = await runHostCollector({
    settings: readSettings(collectorSettings, {
      values: { COLLECTOR_HTTP_PORT: '0', COLLECTOR_INTERVAL_MS: '200', COLLECTOR_HOST: 'this-host' },
      readFile: () => '',
    }),
    kafka: kafkaClient(),
    topicPrefix: prefix,
    log: testLog(),
    registry: createRegistry(),
    producerId: 'p',
    now: () => Date.now(),
  });
});

afterAll(() => collector.stop());

test('readings of this machine arrive: decodable, with the right key, partition and identity', async () => {
  const records = await consumeUntil(prefix, 'metrics', ({ length }) => length >= 8);
  for (const record of records) {
    const decoded = metricEventCodec.decode(record.value);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded));
    expect(record).toMatchObject({ key: 'this-host', id: decoded.value.id });
    expect(record.partition).toBe(kafkaClient().partitionOf('this-host', 4));
    expect(decoded.value).toMatchObject({ source: 'collector', labels: { group: 'collector' } });
    expect(decoded.value.metrics).toEqual(expect.arrayContaining(['memory_percent', 'processes']));
    expect(decoded.value.metrics).toEqual([...decoded.value.metrics].sort());
  }
});

test('its cost is told and exposed', async () => {
  expect(collector.cost().cpuSecondsPerHour).toBeGreaterThan(0);
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  expect(text).toMatch(/tidewatch_collector_cpu_seconds_per_hour [0-9.]+/);
});
