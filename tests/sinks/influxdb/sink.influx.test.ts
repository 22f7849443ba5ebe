/* Above 300 lines: every promise of the sink is held against the same running sink and the same two servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { topicName } from '../../../common/kafka/topics.js';
import { createRegistry } from '../../../common/metrics.js';
import { ensureBucket } from '../../../infra/local/influxdb-probe.js';
import { freePort } from '../../../infra/local/ports.js';
import { findOrStartInfluxOnly, type ServicesOptions } from '../../../infra/local/services.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { predictionCodec } from '../../../schemas/prediction.js';
import { createInfluxClient } from '../../../sinks/influxdb/client.js';
import { influxdbSettings } from '../../../sinks/influxdb/config.js';
import { type InfluxdbSink, runInfluxdbSink } from '../../../sinks/influxdb/main.js';
import { buildPoint } from '../../../sinks/influxdb/point.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { sharedCache } from '../../support/service-fixtures.js';
import { consoleConsume, testInflux, uniqueName, waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { type QueryAddress, queryRows } from './influx-query.js';
import { metricEvent, prediction } from './records.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const START = 1_700_000_000_000;

/** A bucket of its own in the run's InfluxDB. */
async function ownBucket(): Promise<QueryAddress> {
  const { url, api, org, token } = testInflux();
  const bucket = uniqueName('sink');
  await ensureBucket({ url, bucket, org, token }, api);
  return { url, api, bucket, token };
}

async function startSink(
  prefix: string,
  address: QueryAddress,
  group = uniqueName('g'),
): Promise<InfluxdbSink> {
  const sink = await runInfluxdbSink({
    settings: {
      ...readSettings(influxdbSettings, {
        values: {
          INFLUX_TOKEN: address.token,
          INFLUX_ORG: testInflux().org,
          INFLUX_BUCKET: address.bucket,
          INFLUX_TIMEOUT_MS: '2000',
          SINK_RETRY_MAX_MS: '500',
          SINK_PIPELINE_EVERY_MS: '500',
        },
        readFile: () => '',
      }),
      INFLUX_URL: address.url,
    },
    kafka: kafkaClient(),
    topicPrefix: prefix,
    groupPrefix: `${group}.`,
    instance: 'test',
    registry: createRegistry(),
    log: testLog(),
    random: () => 0.5,
    now: () => Date.now(),
  });
  closers.push(() => sink.stop());
  return sink;
}

interface Sent {
  readonly host: string;
  readonly value: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Publishes one host's records to the partition of its number. */
async function publish(topic: string, records: readonly Sent[]): Promise<void> {
  const producer = kafkaClient().producer({});
  await producer.connect();
  await producer.send({
    topic,
    messages: records.map(({ host, value, headers }) => ({
      key: host,
      value,
      partition: Number(host.split('-').at(-1)) % 4,
      headers: { ...headers },
    })),
  });
  await producer.disconnect();
}

function event(index: number, parts: Parameters<typeof metricEvent>[0] = {}): Sent {
  const host = `web-${index % 4}`;
  const made = metricEvent({
    id: `p:${index}`,
    host,
    timestamp: START + index,
    values: [index, -index],
    ...parts,
  });
  return { host, value: metricEventCodec.encode(made) };
}

const events = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => event(from + index));

async function drained(sink: InfluxdbSink): Promise<void> {
  const caughtUp = async () =>
    (await sink.positions()).every(
      ({ committed, low, end }) => end === 0 || Math.max(committed, low) === end,
    );
  await waitFor(caughtUp, { timeoutMs: 60_000, what: 'the sink to catch up' });
}

async function cpuValues(address: QueryAddress): Promise<number[]> {
  const rows = await queryRows(address, 'SELECT cpu, host FROM system_metrics');
  return rows.flatMap(({ cpu }) => (typeof cpu === 'number' ? [cpu] : [])).sort((a, b) => a - b);
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('the InfluxDB sink', () => {
  it('writes events and verdicts at the same nanosecond, and its own figures', async () => {
    const prefix = await makeTopics();
    const address = await ownBucket();
    const sink = await startSink(prefix, address);
    await publish(topicName(prefix, 'metrics'), [event(1)]);
    const verdict = prediction({ host: 'web-1', timestamp: START + 1, sourceOffset: 0 });
    const headers = { 'append-time': '1000', 'scored-at': '1042', 'scoring-us': '9' };
    await publish(topicName(prefix, 'predictions'), [
      { host: 'web-1', value: predictionCodec.encode(verdict), headers },
    ]);
    await drained(sink);
    const [metric] = await queryRows(address, 'SELECT * FROM system_metrics');
    const [verdictRow] = await queryRows(address, 'SELECT * FROM ai_predictions');
    expect(metric).toMatchObject({ host: 'web-1', source: 'simulator', cpu: 1, memory: -1 });
    expect(verdictRow).toMatchObject({
      host: 'web-1',
      group: 'web',
      model: 'iforest.web',
      role: 'production',
      anomaly_score: 0.25,
      is_anomaly: false,
      latency_ms: 42,
      scoring_us: 9,
      iforest_score: 0.75,
      shap_e: 5,
    });
    expect(verdictRow?.['time']).toBe(metric?.['time']);
    expect(sink.health()).toMatchObject({ ready: true, facts: { targetUp: true } });
    await waitFor(async () => (await queryRows(address, 'SELECT lag FROM pipeline')).length > 0, {
      timeoutMs: 10_000,
      what: 'a point of pipeline',
    });
  });

  it('holds exactly the expected points after bad records among good ones, and after everything came twice', async () => {
    const prefix = await makeTopics();
    const address = await ownBucket();
    const topic = topicName(prefix, 'metrics');
    // `weird` is text here already, in the shard of the events: numbers in it are a type conflict.
    await publish(topic, events(0, 100));
    await startSink(prefix, address).then(drained);
    const query = new URLSearchParams({ db: address.bucket, bucket: address.bucket, org: testInflux().org });
    const seeded = await fetch(`${address.url}${address.api === 1 ? '/write' : '/api/v2/write'}?${query}`, {
      method: 'POST',
      headers: address.api === 2 ? { authorization: `Token ${address.token}` } : {},
      body: `system_metrics,host=seed,source=load weird="text" ${START}000000`,
    });
    expect(seeded.status).toBe(204);
    await publish(topic, [
      ...events(100, 150),
      { host: 'web-1', value: Buffer.from('not a record') },
      event(1_000, { metrics: ['weird'], values: [1] }),
      event(1_001, { metrics: ['_hidden', 'cpu'], values: [1, 2] }),
      ...events(150, 200),
    ]);
    await startSink(prefix, address).then(drained);
    const times = async () =>
      (await queryRows(address, 'SELECT cpu FROM system_metrics')).map(({ time }) => time);
    expect(await cpuValues(address)).toEqual(numbers(0, 200));
    const before = await times();
    await startSink(prefix, address).then(drained);
    expect(await times()).toEqual(before);
    const dead = await consoleConsume({
      topic: topicName(prefix, 'metricsDeadLetter'),
      printHeaders: true,
      printValue: false,
    });
    const letters = dead.map((line) =>
      [/x-error-group:([^,\t]+)/, /x-error-code:([A-Z_]+)/]
        .map((pattern) => pattern.exec(line)?.[1])
        .join(' '),
    );
    // Three groups read the topic: each wrote each of the three bad records once.
    expect(letters).toHaveLength(9);
    expect(new Set(letters).size).toBe(9);
  });

  it('loses and doubles nothing when the server is killed and comes back in mid-stream', async () => {
    const prefix = await makeTopics();
    const topic = topicName(prefix, 'metrics');
    const home = await mkdtemp(join(tmpdir(), 'tidewatch-influx-'));
    const options: ServicesOptions = {
      home,
      cache: sharedCache(),
      owner: process.pid,
      log: testLog(),
      onProgress: () => undefined,
      settings: {
        environment: { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1', INFLUX_URL: undefined },
        influxPort: await freePort(),
      },
    };
    let server = await findOrStartInfluxOnly(options);
    closers.push(async () => {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    });
    const address = { url: server.url, api: 1, bucket: server.bucket, token: server.token ?? '' } as const;
    const sink = await startSink(prefix, address);
    for (let round = 0; round < 3; round += 1) {
      const from = round * 1_000;
      await publish(topic, events(from, from + 500));
      if (server.pid === null) throw new Error('the server is not a process of this test');
      process.kill(server.pid, 'SIGKILL');
      await publish(topic, events(from + 500, from + 1_000));
      await waitFor(() => sink.health().facts['targetUp'] === false, {
        timeoutMs: 20_000,
        what: 'the sink to notice',
      });
      expect(sink.health().ready).toBe(false);
      server = await findOrStartInfluxOnly(options);
    }
    await drained(sink);
    expect(await cpuValues(address)).toEqual(numbers(0, 3_000));
    expect(await consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter'), idleMs: 2_000 })).toEqual(
      [],
    );
  });

  it('writes names that line protocol gives a meaning to so that the server reads them back', async () => {
    const address = await ownBucket();
    const client = createInfluxClient({
      ...address,
      org: testInflux().org,
      timeoutMs: 5_000,
      maxLines: 100,
      maxBytes: 1_000_000,
    });
    const hosts = [
      'a b',
      'a,b',
      'a=b',
      '"',
      'a"b,"c',
      "'",
      'DOMAIN\\\\host',
      '#x',
      'ä 😀',
      '\\"q',
      ',',
      '=',
      'true',
      '1i',
    ];
    const lines = hosts.flatMap((host, index) => {
      const built = buildPoint({
        measurement: 'm',
        tags: { host },
        fields: [
          [`f ${host.replaceAll('\\', '')}`, index],
          ['text', `${host} "x" \\y\\\\`],
          ['large', 1.5e300],
          ['small', 5e-324],
        ],
        timestamp: START + index,
        sequence: 999_999,
      });
      return built.ok ? [built.point.toLineProtocol() ?? ''] : [];
    });
    expect(lines).toHaveLength(hosts.length);
    expect(await client.write(lines, new AbortController().signal)).toEqual({ kind: 'delivered' });
    client.close();
    const rows = await queryRows(address, 'SELECT * FROM m');
    expect(rows.map(({ host }) => host)).toEqual(hosts);
    for (const [index, host] of hosts.entries()) {
      expect(rows[index]).toMatchObject({
        text: `${host} "x" \\y\\\\`,
        [`f ${host.replaceAll('\\', '')}`]: index,
        large: 1.5e300,
        small: 5e-324,
      });
      expect(rows[index]?.['time']).toMatch(/\.\d{3}999999Z$/);
    }
  });

  it('ends with a clear error, and no dead letter, when the database is not there', async () => {
    const prefix = await makeTopics();
    await publish(topicName(prefix, 'metrics'), events(0, 10));
    const { url, api, token } = testInflux();
    const sink = await startSink(prefix, { url, api, token, bucket: uniqueName('nowhere') });
    await expect(sink.done).rejects.toMatchObject({ code: 'INFLUX_BUCKET_NOT_FOUND' });
    expect(await consoleConsume({ topic: topicName(prefix, 'metricsDeadLetter'), idleMs: 2_000 })).toEqual(
      [],
    );
  });
});
