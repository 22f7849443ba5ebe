import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TidewatchError } from '../../../common/errors.js';
import { isPortFree } from '../../../infra/local/ports.js';
import {
  findOrStartInfluxOnly,
  findOrStartKafkaOnly,
  servicesStatus,
} from '../../../infra/local/services.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.remove());

const javaPrinting = (version: string): string => `echo 'openjdk version "${version}" 2025-04-15' >&2`;

describe('starting Kafka is refused with one sentence and the ways out', () => {
  it('NO_JAVA when there is no Java', async () => {
    const refused = await refusalOf(findOrStartKafkaOnly(sandbox.options()));
    expect(refused.code).toBe('NO_JAVA');
    expect(refused.message).toMatch(/KAFKA_BROKERS.*Docker engine.*Java 17 or newer and Maven/);
  });

  it('NO_JAVA when Java is too old, naming the version that is there', async () => {
    await sandbox.script('java', javaPrinting('11.0.22'));
    const refused = await refusalOf(findOrStartKafkaOnly(sandbox.options()));
    expect(refused.code).toBe('NO_JAVA');
    expect(refused.message).toContain('is Java 11, and Kafka needs 17');
  });

  it('NO_MAVEN when the jars are not there and nothing can resolve them', async () => {
    await sandbox.script('java', javaPrinting('17.0.15'));
    const refused = await refusalOf(findOrStartKafkaOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(refused.code).toBe('NO_MAVEN');
    expect(refused.message).toMatch(/mvn.*KAFKA_BROKERS.*Docker engine/);
  });

  it('RESOLVE_FAILED with the reason that Maven gives', async () => {
    await sandbox.script('java', javaPrinting('17.0.15'));
    await sandbox.script(
      'mvn',
      'echo "[ERROR] Could not transfer artifact: repo.example: unknown host"; exit 1',
    );
    const refused = await refusalOf(findOrStartKafkaOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(refused.code).toBe('RESOLVE_FAILED');
    expect(refused.message).toMatch(/unknown host.*settings\.xml.*KAFKA_BROKERS/);
  });

  it('DISK_FULL before anything is written, and when Maven runs out of space', async () => {
    const full = await refusalOf(findOrStartKafkaOnly({ ...sandbox.options(), freeBytes: async () => 1024 }));
    expect(full.code).toBe('DISK_FULL');
    expect(full.message).toContain('TIDEWATCH_HOME');

    await sandbox.script('java', javaPrinting('17.0.15'));
    await sandbox.script('mvn', 'echo "[ERROR] kafka.jar: No space left on device"; exit 1');
    const during = await refusalOf(findOrStartKafkaOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(during.code).toBe('DISK_FULL');
  });

  it('DISK_FULL when the broker itself says so', async () => {
    await useFakeMaven(sandbox);
    const failing = 'echo "Failed to write: No space left on device" >&2; exit 1';
    await sandbox.script(
      'java',
      `[ "$1" = -version ] && { ${javaPrinting('17.0.15')}; exit 0; }\n${failing}`,
    );
    const refused = await refusalOf(findOrStartKafkaOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(refused.code).toBe('DISK_FULL');
  });

  it('PORT_TAKEN when the configured port is in use', async () => {
    const other = await listen();
    try {
      await useFakeMaven(sandbox);
      await sandbox.script('java', javaPrinting('17.0.15'));
      const options = { ...sandbox.options({ kafkaPort: other.port }), cache: sandbox.home };
      const refused = await refusalOf(findOrStartKafkaOnly(options));
      expect(refused.code).toBe('PORT_TAKEN');
      expect(refused.message).toMatch(new RegExp(`${other.port}.*KAFKA_PORT`));
    } finally {
      await other.close();
    }
  });

  it('BROKER_UNREACHABLE when nothing answers at KAFKA_BROKERS, and then it starts nothing', async () => {
    const refused = await refusalOf(findOrStartKafkaOnly(sandbox.options({ kafkaBrokers: ['127.0.0.1:1'] })));
    expect(refused.code).toBe('BROKER_UNREACHABLE');
    expect(refused.message).toMatch(/127\.0\.0\.1:1.*KAFKA_BROKERS/);
    expect(refused.retriable).toBe(true);
  });
});

describe('starting InfluxDB is refused with one sentence and the ways out', () => {
  it('INFLUX_UNAVAILABLE where there is no influxd and no Debian package', async () => {
    const refused = await refusalOf(findOrStartInfluxOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(refused.code).toBe('INFLUX_UNAVAILABLE');
    expect(refused.message).toMatch(/INFLUX_URL.*Docker engine.*influxd on the PATH.*Debian/);
  });

  it('INFLUX_UNAVAILABLE that tells about apt-get update when the package cannot be downloaded', async () => {
    await sandbox.script('apt-get', 'echo "E: Unable to locate package influxdb" >&2; exit 100');
    await sandbox.script('dpkg', 'exit 0');
    const refused = await refusalOf(findOrStartInfluxOnly({ ...sandbox.options(), cache: sandbox.home }));
    expect(refused.code).toBe('INFLUX_UNAVAILABLE');
    expect(refused.message).toMatch(/Unable to locate package influxdb.*apt-get update/);
  });

  it('INFLUX_UNAVAILABLE that names INFLUX_URL when influxd on the PATH is not 1.x', async () => {
    await sandbox.script('influxd', 'echo "InfluxDB v2.7.11 (git: x)"');
    const refused = await refusalOf(findOrStartInfluxOnly(sandbox.options()));
    expect(refused.code).toBe('INFLUX_UNAVAILABLE');
    expect(refused.message).toMatch(/v2\.7\.11.*INFLUX_URL/);
  });

  it('INFLUX_UNREACHABLE when nothing answers at INFLUX_URL', async () => {
    const refused = await refusalOf(
      findOrStartInfluxOnly(sandbox.options({ influxUrl: 'http://127.0.0.1:1' })),
    );
    expect(refused.code).toBe('INFLUX_UNREACHABLE');
    expect(refused.message).toContain('http://127.0.0.1:1');
  });

  it('PORT_TAKEN and DISK_FULL like Kafka', async () => {
    await sandbox.script('influxd', 'echo "InfluxDB v1.8.10"');
    const other = await listen();
    const taken = await refusalOf(findOrStartInfluxOnly(sandbox.options({ influxPort: other.port })));
    await other.close();
    expect(taken.code).toBe('PORT_TAKEN');
    const full = await refusalOf(findOrStartInfluxOnly({ ...sandbox.options(), freeBytes: async () => 0 }));
    expect(full.code).toBe('DISK_FULL');
  });
});

it('leaves the configured port alone while it looks whether it is free', async () => {
  const other = await listen();
  expect(await isPortFree(other.port)).toBe(false);
  await other.close();
  expect(await isPortFree(other.port)).toBe(true);
  expect(await servicesStatus(sandbox.options())).toEqual({ kafka: null, influx: null });
});

async function refusalOf(start: Promise<{ stop(): Promise<unknown> }>): Promise<TidewatchError> {
  try {
    await (await start).stop();
  } catch (error) {
    if (error instanceof TidewatchError) {
      expect(error.message).not.toContain('\n');
      return error;
    }
    throw error;
  }
  throw new Error('expecting a refusal: the service started');
}

/** A Maven that resolves nothing and succeeds. */
async function useFakeMaven(target: Sandbox): Promise<void> {
  await mkdir(join(target.home, 'kafka'), { recursive: true });
  await target.script('mvn', 'exit 0');
}

async function listen(): Promise<{ port: number; close: () => Promise<void> }> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening: no port');
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
