import type { Kafka } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../common/kafka/client.js';
import type { RunningKafka } from '../../../infra/local/kafka.js';
import { freePort } from '../../../infra/local/ports.js';
import { identify } from '../../../infra/local/process-identity.js';
import {
  findOrStartKafkaOnly,
  type ServicesOptions,
  servicesStatus,
  stopServices,
} from '../../../infra/local/services.js';
import { consoleConsume, uniqueName, waitFor } from '../../support/services.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

describe('a local broker', () => {
  let sandbox: Sandbox;
  let options: ServicesOptions;
  const topic = uniqueName('kept');

  beforeEach(async () => {
    sandbox = await makeSandbox();
    await sandbox.link('java', 'mvn');
    options = { ...sandbox.options({ kafkaPort: await freePort() }), owner: process.pid };
  });
  afterEach(async () => {
    await stopServices(options);
    await sandbox.remove();
  });

  it('keeps its data over a stop and over a kill -9, and leaves no process', {
    timeout: 300_000,
  }, async () => {
    const first = await findOrStartKafkaOnly(options);
    expect(await servicesStatus(options)).toEqual({
      kafka: { brokers: first.brokers, kind: 'local', pid: first.pid },
      influx: null,
    });
    await write(first, topic, 'before the stop');
    await first.stop();
    await first.stop();
    expect(await isRunning(first)).toBe(false);
    expect(await servicesStatus(options)).toEqual({ kafka: null, influx: null });

    const second = await findOrStartKafkaOnly(options);
    expect(second.brokers).toEqual(first.brokers);
    await write(second, topic, 'before the kill');
    process.kill(pidOf(second), 'SIGKILL');
    await waitFor(async () => !(await isRunning(second)), {
      timeoutMs: 5_000,
      what: 'the killed broker to be gone',
    });
    expect(await servicesStatus(options)).toEqual({ kafka: null, influx: null });

    const third = await findOrStartKafkaOnly(options);
    expect(third.pid).not.toBe(second.pid);
    const { brokers } = third;
    expect(await consoleConsume({ brokers, topic, maxRecords: 2 })).toEqual([
      'before the stop',
      'before the kill',
    ]);
  });

  it('is found by a second start, which does not stop what the first one owns', async () => {
    const standing: ServicesOptions = { ...options, owner: null };
    const first = await findOrStartKafkaOnly(standing);
    const second = await findOrStartKafkaOnly(options);
    expect(second.pid).toBe(first.pid);
    expect(second.owned).toBe(false);
    await second.stop();
    expect(await isRunning(first)).toBe(true);
    expect(await stopServices(options)).toEqual({ kafka: true, influx: false });
    expect(await isRunning(first)).toBe(false);
  });

  it('lets a consumer group form without an error right after the start', async () => {
    const kafka = await findOrStartKafkaOnly(options);
    const complaints: string[] = [];
    const client = clientOf(kafka, (line) => complaints.push(line));
    await write(kafka, topic, 'one');
    const consumer = client.consumer({ groupId: uniqueName('group') });
    const seen: string[] = [];
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
      await waitFor(() => seen.length === 1, { timeoutMs: 60_000, what: 'the record' });
    } finally {
      await consumer.disconnect();
    }
    expect(complaints).toEqual([]);
  });
});

function pidOf(kafka: RunningKafka): number {
  if (kafka.pid === null) throw new Error('expecting a local broker: it has no pid');
  return kafka.pid;
}

async function isRunning(kafka: RunningKafka): Promise<boolean> {
  return (await identify(pidOf(kafka), 'kafka.Kafka')) !== null;
}

function clientOf(kafka: RunningKafka, onComplaint: (line: string) => void = () => {}): Kafka {
  const kafkajs = loadPatchedKafkajs();
  return new kafkajs.Kafka({
    brokers: [...kafka.brokers],
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => (entry) => onComplaint(entry.log.message),
  });
}

async function write(kafka: RunningKafka, topic: string, value: string): Promise<void> {
  const client = clientOf(kafka);
  const admin = client.admin();
  const producer = client.producer();
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await producer.send({ topic, messages: [{ value, partition: 0 }] });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}
