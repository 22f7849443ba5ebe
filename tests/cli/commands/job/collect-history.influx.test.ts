import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.js';
import { topicName } from '../../../../common/kafka/topics.js';
import { ensureBucket } from '../../../../infra/local/influxdb-probe.js';
import type { HistoryReport } from '../../../../jobs/collect-history/main.js';
import type { ValidationReport } from '../../../../jobs/validate/report.js';
import { type MetricEvent, metricEventCodec } from '../../../../schemas/metric-event.js';
import { kafkaClient } from '../../../support/kafka.js';
import { testInflux, testKafka, uniqueName } from '../../../support/services.js';
import { makeTopics } from '../../../support/topics.js';
import { fakeIo } from '../../fake-io.js';

/** A whole minute, a few minutes ago: the jobs look at the last hours. */
const start = Math.floor(Date.now() / 60_000 - 30) * 60_000;
/** What is measured: host a every 20 s for ten minutes, four of them missing; another host twice. */
const events = [
  ...Array.from({ length: 30 }, (_, i) => ({
    host: 'a',
    at: start + i * 20_000,
    cpu: i,
    load: i % 3,
  })).filter(({ at }) => at < start + 180_000 || at >= start + 420_000),
  { host: "b'1", at: start, cpu: 50, load: 1 },
  { host: "b'1", at: start + 1, cpu: 51, load: 2 },
];
/** Host a as both sources must tell it: minutes with three readings each. */
const EXPECTED = [
  'timestamp,cpu_percent,load_1m',
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((minute) =>
    minute >= 3 && minute < 7
      ? `${start + minute * 60_000},,`
      : `${start + minute * 60_000},${3 * minute + 1},1`,
  ),
];

let folder = '';
let prefix = '';
const bucket = uniqueName('history');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-history-'));
  prefix = await makeTopics(2);
  await publish(events.map(eventOf));
  const { url, org, token, api } = testInflux();
  await ensureBucket({ url, org, token, bucket }, api);
  await writePoints();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function eventOf({ host, at, cpu, load }: (typeof events)[number], sequence: number): MetricEvent {
  const metrics = ['cpu_percent', 'load_1m'];
  return {
    id: `p:${sequence}`,
    host,
    timestamp: at,
    source: 'load',
    metrics,
    values: [cpu, load],
    labels: {},
  };
}

async function publish(list: readonly MetricEvent[]): Promise<void> {
  const producer = kafkaClient().producer({});
  await producer.connect();
  const messages = list.map((event) => ({
    partition: 0,
    key: event.host,
    value: metricEventCodec.encode(event),
  }));
  await producer.send({ topic: topicName(prefix, 'metrics'), messages });
  await producer.disconnect();
}

async function writePoints(): Promise<void> {
  const { url, api, org, token } = testInflux();
  const target = new URL(api === 1 ? '/write' : '/api/v2/write', url);
  for (const [name, value] of Object.entries(api === 1 ? { db: bucket } : { bucket, org }))
    target.searchParams.set(name, value);
  const body = events
    .map(
      ({ host, at, cpu, load }) =>
        `system_metrics,host=${host} cpu_percent=${cpu},load_1m=${load} ${at}000000`,
    )
    .join('\n');
  const headers = api === 1 ? {} : { authorization: `Token ${token}` };
  const response = await fetch(target, { method: 'POST', body, headers });
  if (!response.ok) throw new Error(`writing points: ${response.status} ${await response.text()}`);
}

async function job(...line: string[]): Promise<string> {
  const { url, org, token } = testInflux();
  const fake = fakeIo({
    environment: {
      KAFKA_BROKERS: testKafka().brokers.join(','),
      TOPIC_PREFIX: prefix,
      LOG_LEVEL: 'silent',
      INFLUX_URL: url,
      INFLUX_ORG: org,
      INFLUX_TOKEN: token,
      INFLUX_BUCKET: bucket,
    },
  });
  await createProgram(fake.io).parseAsync(['node', 'tidewatch', 'job', ...line]);
  return fake.stdout();
}

describe.each(['topic', 'influxdb'])('job collect-history from %s', (source) => {
  const collect = (...flags: string[]) =>
    job('collect-history', '--history-source', source, '--history-hours', '2', ...flags);

  it('writes the averages of one host, gaps as empty rows', async () => {
    const out = join(folder, `${source}.csv`);
    expect(await collect('--host', 'a', '--out', out)).toContain('a: 10 rows (4 empty) of 2 metrics');
    expect((await readFile(out, 'utf8')).trimEnd().split('\n')).toEqual(EXPECTED);
    const validated = await job('validate', '--input', out, '--json', '--validate-max-violations', '0.4');
    const { violatingRows, violations } = JSON.parse(validated) as ValidationReport;
    expect([violatingRows, violations.missing.count]).toEqual([4, 8]);
  });

  it('writes a file for each host when there are several', async () => {
    const out = join(folder, `${source}-all.csv.gz`);
    const report = JSON.parse(await collect('--out', out, '--json')) as HistoryReport;
    expect(report.hosts.map(({ host, rows }) => [host, rows])).toEqual([
      ['a', 10],
      ["b'1", 1],
    ]);
    expect(report.hosts[0]?.file).toBe(join(folder, `${source}-all.a.csv.gz`));
    const quoted = join(folder, `${source}-b.csv`);
    await collect('--host', "b'1", '--out', quoted);
    expect((await readFile(quoted, 'utf8')).split('\n')[1]).toBe(`${start},50.5,1.5`);
  });

  it('refuses when there is nothing, with the range that it looked at', async () => {
    const range = /no metrics of nobody from 2\d{3}-.*Z to 2\d{3}-.*Z/;
    await expect(collect('--host', 'nobody', '--out', join(folder, 'x.csv'))).rejects.toMatchObject({
      code: 'NO_HISTORY',
      message: expect.stringMatching(range),
    });
  });
});

describe('job collect-history from an InfluxDB', () => {
  it('says what InfluxDB answers when it cannot be asked', async () => {
    const flags = ['collect-history', '--history-source', 'influxdb', '--out', join(folder, 'x.csv')];
    await expect(job(...flags, '--influx-bucket', uniqueName('absent'))).rejects.toMatchObject({
      code: 'INFLUX_QUERY',
    });
  });
});
