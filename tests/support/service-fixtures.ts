import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { createLogger } from '../../common/log.js';
import { findExecutable } from '../../infra/local/commands.js';
import { findDockerEngine } from '../../infra/local/docker.js';
import { freePort } from '../../infra/local/ports.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import {
  findOrStartInfluxOnly,
  findOrStartKafkaOnly,
  type ServicesOptions,
} from '../../infra/local/services.js';
import { startInfluxContainer, startKafkaContainer } from './service-containers.js';

/** The Kafka of a test run. */
export interface KafkaFixture {
  readonly brokers: readonly string[];
  /** How Kafka's own tools are run: from jars by Java, or inside the broker's container. */
  readonly tools: { readonly libs: string } | { readonly container: string };
  stop(): Promise<unknown>;
}

/** The InfluxDB of a test run. */
export interface InfluxFixture {
  readonly url: string;
  readonly api: 1 | 2;
  readonly version: string;
  /** The bucket of 2.x, the database of 1.x. */
  readonly bucket: string;
  readonly org: string;
  /** '' when the server wants no login. */
  readonly token: string;
  stop(): Promise<unknown>;
}

/** Both services and the end of them. */
export interface ServiceFixtures {
  readonly kafka: KafkaFixture;
  readonly influx: InfluxFixture;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns where downloads of all runs are kept: `<project>/.tidewatch`. */
export function sharedCache(): string {
  return join(findProjectRoot(), '.tidewatch');
}

/**
 * Starts Kafka and InfluxDB for one test run in a temporary home on free ports: from jars where Java is, else with
 * testcontainers where a Docker engine is. `KAFKA_BROKERS` and `INFLUX_URL` name running servers instead. A service
 * that cannot be had is an error: no test is skipped for it.
 */
export async function startServiceFixtures(environment: Environment): Promise<ServiceFixtures> {
  const home = await mkdtemp(join(tmpdir(), 'tidewatch-test-'));
  const options: ServicesOptions = {
    home,
    cache: sharedCache(),
    owner: process.pid,
    log: createLogger({ level: environment['LOG_LEVEL'] ?? 'warn', name: 'test-services' }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
    settings: { environment: withoutDocker(environment) },
  };
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const kafka = await startKafka(options, environment);
    started.push(kafka);
    const influx = await startInflux(options, environment);
    started.push(influx);
    return { kafka, influx, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startKafka(options: ServicesOptions, environment: Environment): Promise<KafkaFixture> {
  const external = environment['KAFKA_BROKERS'];
  const java = await findExecutable('java', environment['PATH']);
  const docker = java === null ? await findDockerEngine({ environment }) : null;
  if (external === undefined && docker !== null) return startKafkaContainer(await freePort());
  const settings =
    external === undefined
      ? { ...options.settings, kafkaPort: await freePort() }
      : { ...options.settings, kafkaBrokers: external.split(',') };
  const { brokers, stop } = await findOrStartKafkaOnly({ ...options, settings });
  return { brokers, stop, tools: { libs: join(sharedCache(), 'kafka/libs') } };
}

async function startInflux(options: ServicesOptions, environment: Environment): Promise<InfluxFixture> {
  const url = environment['INFLUX_URL'];
  const settings =
    url === undefined
      ? { ...options.settings, influxPort: await freePort() }
      : {
          ...options.settings,
          influxUrl: url,
          influxToken: environment['INFLUX_TOKEN'],
          influxOrg: environment['INFLUX_ORG'],
          influxBucket: environment['INFLUX_BUCKET'],
        };
  try {
    const influx = await findOrStartInfluxOnly({ ...options, settings });
    return { ...influx, org: influx.org ?? '', token: influx.token ?? '' };
  } catch (error) {
    const noLocal = error instanceof TidewatchError && error.code === 'INFLUX_UNAVAILABLE';
    if (!noLocal || (await findDockerEngine({ environment })) === null) throw error;
    return startInfluxContainer(await freePort());
  }
}

/** Local starts of a test run never go through docker compose: its containers belong to a home that stays. */
function withoutDocker(environment: Environment): Environment {
  return { ...environment, DOCKER_HOST: 'tcp://127.0.0.1:1' };
}
