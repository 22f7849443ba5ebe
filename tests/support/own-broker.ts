import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../infra/local/commands.js';
import { checkKafka } from '../../infra/local/kafka-probe.js';
import { freePort } from '../../infra/local/ports.js';
import { findOrStartKafkaOnly } from '../../infra/local/services.js';
import { startKafkaContainer } from './service-containers.js';
import { sharedCache } from './service-fixtures.js';
import { testKafka } from './services.js';

/** A broker that belongs to one test, which may kill it. Its address stays the same. */
export interface OwnBroker {
  readonly brokers: string[];
  /** SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on its data; resolves when it answers. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts a broker the way the run's own was started: from jars, or in a container. */
export async function startOwnBroker(): Promise<OwnBroker> {
  return 'libs' in testKafka().tools ? startFromJars() : startInContainer();
}

async function startFromJars(): Promise<OwnBroker> {
  const home = await mkdtemp(join(tmpdir(), 'tidewatch-broker-'));
  const kafkaPort = await freePort();
  const start = () =>
    findOrStartKafkaOnly({
      home,
      cache: sharedCache(),
      owner: process.pid,
      // An engine that is not there: this broker's home does not outlive the test, as compose's containers would.
      settings: { environment: { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1' }, kafkaPort },
    });
  let kafka = await start();
  return {
    brokers: [...kafka.brokers],
    kill: async () => {
      if (kafka.pid !== null) process.kill(kafka.pid, 'SIGKILL');
    },
    restart: async () => {
      kafka = await start();
    },
    remove: async () => {
      await kafka.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function startInContainer(): Promise<OwnBroker> {
  const kafka = await startKafkaContainer(await freePort());
  const docker = async (...args: string[]) => {
    const id = 'container' in kafka.tools ? kafka.tools.container : '';
    const { code, output } = await runCommand('docker', [...args, id], {
      environment: process.env,
      timeoutMs: 60_000,
    });
    if (code !== 0) throw new Error(`running docker ${args.join(' ')}: ${output}`);
  };
  return {
    brokers: [...kafka.brokers],
    kill: () => docker('kill'),
    restart: async () => {
      await docker('start');
      await checkKafka({ brokers: kafka.brokers });
    },
    remove: async () => void (await kafka.stop()),
  };
}
