import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Acknowledged, OutgoingRecord, Publisher } from '../../common/kafka/publisher.js';
import { silentLogger } from '../../common/log.js';
import { createMetricStream, eventIds, metricRecord } from '../../producers/metric-stream.js';
import { metricEventCodec } from '../../schemas/metric-event.js';

function streamOver(publish: (record: OutgoingRecord) => Promise<Acknowledged>, maxInFlight = 10) {
  const registry = new Registry();
  const unused = async () => undefined;
  const publisher: Publisher = {
    publish,
    stats: () => {
      throw new Error('not used');
    },
    flush: unused,
    close: unused,
  };
  const stream = createMetricStream({
    publisher,
    registry,
    log: silentLogger(),
    component: 'test',
    maxInFlight,
  });
  const value = async (name: string) => {
    const metric = await registry.getSingleMetric(`tidewatch_test_${name}`)?.get();
    return metric?.values.map((entry) => [Object.values(entry.labels)[0], entry.value]);
  };
  return { stream, value };
}

const event = {
  id: 'p:0',
  host: 'a',
  timestamp: 1,
  source: 'simulator',
  metrics: ['cpu'],
  values: [1],
  labels: { group: 'g' },
} as const;

test('key, identity and content of a record', () => {
  const record = metricRecord(event);
  expect(record).toMatchObject({ topic: 'metrics', key: 'a', headers: { 'tidewatch-id': 'p:0' } });
  expect(record.value === null ? null : metricEventCodec.decode(record.value)).toMatchObject({
    ok: true,
    value: event,
  });
});

test('identities count from 0', () => {
  const next = eventIds('p');
  expect([next(), next()]).toEqual(['p:0', 'p:1']);
});

test('beyond the bound a record is left out and counted, not queued', async () => {
  const { stream, value } = streamOver(() => new Promise(() => undefined), 2);
  expect([1, 2, 3].map(() => stream.offer(metricRecord(event)))).toEqual([true, true, false]);
  expect(await value('records_lost_total')).toEqual([['in_flight_full', 1]]);
});

test('health follows the newest outcome; lost records are counted', async () => {
  let broken = false;
  const { stream, value } = streamOver(async () => {
    if (broken) throw new Error('down');
    return { latencyMs: 2 };
  });
  expect(stream.healthy()).toBe(false);
  stream.offer(metricRecord(event));
  await stream.settled();
  expect(stream.healthy()).toBe(true);
  broken = true;
  stream.offer(metricRecord(event));
  await stream.settled();
  expect(stream.healthy()).toBe(false);
  expect(await value('records_published_total')).toEqual([['metrics', 1]]);
  expect(await value('records_lost_total')).toEqual([['failed', 1]]);
});
