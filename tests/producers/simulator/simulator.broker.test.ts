import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../../common/config.js';
import { createRegistry } from '../../../common/metrics.js';
import { simulatorSettings } from '../../../producers/simulator/config.js';
import { type RunningSimulator, runSimulator } from '../../../producers/simulator/main.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { truthCodec } from '../../../schemas/truth.js';
import { kafkaClient, testLog } from '../../support/kafka.js';
import { waitFor } from '../../support/services.js';
import { makeTopics } from '../../support/topics.js';
import { consumeUntil } from '../consumed-records.js';

const producerId = randomUUID();
let prefix: string;
let simulator: RunningSimulator;

beforeAll(async () => {
  prefix = await makeTopics(4);
  simulator = await runSimulator({
    settings: readSettings(simulatorSettings, {
      values: { SIM_HTTP_PORT: '0', SIM_INTERVAL_MS: '50', SIM_INCIDENTS: 'false' },
      readFile: () => '',
    }),
    kafka: kafkaClient(),
    topicPrefix: prefix,
    log: testLog(),
    registry: createRegistry(),
    producerId,
    now: () => Date.now(),
  });
});

afterAll(() => simulator.stop());

test('events arrive: decodable, with the right key, partition and identity, none missing, in order per host', async () => {
  const records = await consumeUntil(prefix, 'metrics', ({ length }) => length >= 60);
  const events = records.map((record) => {
    const decoded = metricEventCodec.decode(record.value);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded));
    const event = decoded.value;
    expect(record).toMatchObject({ key: event.host, id: event.id });
    expect(record.partition).toBe(kafkaClient().partitionOf(event.host, 4));
    expect(event).toMatchObject({ source: 'simulator', labels: { group: 'simulator' } });
    return event;
  });
  for (const host of simulator.hosts) {
    const times = events.filter((event) => event.host === host).map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((left, right) => left - right));
  }
  const sequences = events.map(({ id }) => Number(id.slice(producerId.length + 1)));
  expect(Math.min(...sequences)).toBe(0);
  expect(new Set(sequences).size).toBe(sequences.length);
});

test('a stress over HTTP: truth on its topic, its first event where the answer said', async () => {
  const response = await fetch(`${simulator.url}/stress`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'cpu', hosts: ['sim-2'], seconds: 5 }),
  });
  expect(response.status).toBe(202);
  const answer = (await response.json()) as { ids: string[]; firstEventTime: number };
  const [record] = await consumeUntil(prefix, 'truth', ({ length }) => length >= 1);
  const truth = truthCodec.decode(record?.value ?? Buffer.alloc(0));
  expect(record).toMatchObject({ key: 'sim-2', id: answer.ids[0] });
  expect(truth).toMatchObject({ ok: true, value: { host: 'sim-2', kind: 'stress', cause: 'http' } });
  if (!truth.ok) return;
  // A held-up process may skip the promised tick; it never begins before it.
  expect(truth.value.from).toBeGreaterThanOrEqual(answer.firstEventTime);
  const events = await consumeUntil(prefix, 'metrics', (records) =>
    records.some(({ key, value }) => key === 'sim-2' && timeOf(value) === truth.value.from),
  );
  const first = events.find(({ key, value }) => key === 'sim-2' && timeOf(value) === truth.value.from);
  const decoded = metricEventCodec.decode(first?.value ?? Buffer.alloc(0));
  expect(decoded.ok && decoded.value.values[0]).toBeGreaterThan(95);
});

test('ready once records are stored; Prometheus metrics count them and the incidents', async () => {
  await waitFor(async () => (await fetch(`${simulator.url}/readyz`)).status === 200, {
    timeoutMs: 20_000,
    what: 'readiness',
  });
  const text = await (await fetch(`${simulator.url}/metrics`)).text();
  expect(text).toMatch(/tidewatch_simulator_records_published_total\{topic="metrics"\} [1-9]/);
  expect(text).toContain('tidewatch_simulator_incidents_running');
});

function timeOf(value: Buffer): number {
  const decoded = metricEventCodec.decode(value);
  return decoded.ok ? decoded.value.timestamp : Number.NaN;
}
