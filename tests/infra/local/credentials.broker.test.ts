import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../common/log.js';
import { runCommand } from '../../../infra/local/commands.js';
import { freeBytesOf } from '../../../infra/local/disk-space.js';
import { findInfluxd } from '../../../infra/local/influxdb-binary.js';
import { influxConfig } from '../../../infra/local/influxdb-config.js';
import { identifyInflux } from '../../../infra/local/influxdb-probe.js';
import { BROKER_JVM_OPTIONS, brokerProperties } from '../../../infra/local/kafka-config.js';
import { freePort } from '../../../infra/local/ports.js';
import type { ProcessIdentity } from '../../../infra/local/process-identity.js';
import { startServer, stopServer } from '../../../infra/local/server-process.js';
import { findOrStartInfluxOnly, findOrStartKafkaOnly } from '../../../infra/local/services.js';
import { sharedCache } from '../../support/service-fixtures.js';
import { waitFor } from '../../support/services.js';
import { makeSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let server: ProcessIdentity | null = null;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(async () => {
  if (server !== null) await stopServer(server, 5_000);
  server = null;
  await sandbox.remove();
});

describe('an external service with a login', () => {
  it('refuses a wrong Kafka password as WRONG_CREDENTIALS and takes the right one', async () => {
    const [clientPort, controllerPort] = [await freePort(), await freePort()];
    server = await startBrokerWithLogin(clientPort, controllerPort);
    const connect = (password: string) =>
      findOrStartKafkaOnly(
        sandbox.options({
          kafkaBrokers: [`127.0.0.1:${clientPort}`],
          kafkaSecurity: { sasl: { mechanism: 'plain', username: 'worker', password } },
        }),
      );
    await waitFor(
      () =>
        connect('right').then(
          () => true,
          () => false,
        ),
      { timeoutMs: 110_000, what: 'the broker' },
    );
    expect(await connect('right')).toMatchObject({ kind: 'external', pid: null, owned: false });
    await expect(connect('wrong')).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS', retriable: false });
    await expect(connect('wrong')).rejects.not.toMatchObject({ message: expect.stringContaining('wrong') });
  });

  it('refuses a wrong InfluxDB password as WRONG_CREDENTIALS and takes the right one', async () => {
    const url = await startInfluxWithLogin();
    const connect = (influxToken: string) =>
      findOrStartInfluxOnly(sandbox.options({ influxUrl: url, influxToken }));
    expect(await connect('admin:right')).toMatchObject({ kind: 'external', api: 1, pid: null, owned: false });
    await expect(connect('admin:wrong')).rejects.toMatchObject({
      code: 'WRONG_CREDENTIALS',
      retriable: false,
    });
    await expect(connect('')).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS' });
  });
});

async function startBrokerWithLogin(clientPort: number, controllerPort: number): Promise<ProcessIdentity> {
  const properties = join(sandbox.home, 'server.properties');
  const plain = brokerProperties({ clientPort, controllerPort, dataFolder: join(sandbox.home, 'data') });
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const users = 'username="broker" password="inner" user_broker="inner" user_worker="right";';
  const extra = [
    'sasl.enabled.mechanisms=PLAIN',
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    `listener.name.plaintext.plain.sasl.jaas.config=${login} ${users}`,
  ];
  const withLogin = plain.replace('PLAINTEXT:PLAINTEXT,', 'PLAINTEXT:SASL_PLAINTEXT,');
  await writeFile(properties, `${withLogin}${extra.join('\n')}\n`);
  const classPath = join(sharedCache(), 'kafka/libs/*');
  const format = [
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'MkU3OEVBNTcwNTJENDM2Qg',
    '-c',
    properties,
  ];
  const formatted = await runCommand('java', format, { environment: process.env, timeoutMs: 60_000 });
  expect(formatted).toMatchObject({ code: 0 });
  return startServer({
    file: 'java',
    args: [...BROKER_JVM_OPTIONS, '-cp', classPath, 'kafka.Kafka', properties],
    environment: process.env,
    logFile: join(sandbox.home, 'broker.log'),
    marker: properties,
  });
}

async function startInfluxWithLogin(): Promise<string> {
  const [httpPort, rpcPort] = [await freePort(), await freePort()];
  const folder = join(sandbox.home, 'influxdb');
  await mkdir(folder);
  const config = join(folder, 'influxdb.conf');
  const open = influxConfig({ httpPort, rpcPort, folder });
  await writeFile(config, open.replace('auth-enabled = false', 'auth-enabled = true'));
  const { settings } = sandbox.options({ environment: process.env });
  const file = await findInfluxd({
    settings,
    home: sandbox.home,
    cache: sharedCache(),
    root: '',
    log: silentLogger(),
    onProgress: () => {},
    freeBytes: freeBytesOf,
    owner: null,
  });
  const args = ['run', '-config', config];
  server = await startServer({
    file,
    args,
    environment: process.env,
    logFile: join(folder, 'log'),
    marker: config,
  });
  const url = `http://127.0.0.1:${httpPort}`;
  await waitFor(
    () =>
      identifyInflux(url).then(
        () => true,
        () => false,
      ),
    { timeoutMs: 30_000, what: 'InfluxDB' },
  );
  const q = `CREATE USER admin WITH PASSWORD 'right' WITH ALL PRIVILEGES`;
  const created = await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
  expect(created.status).toBe(200);
  return url;
}
