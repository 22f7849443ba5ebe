import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafka, type KafkaClient } from '../../common/kafka/client.js';
import type { Logger } from '../../common/log.js';
import type { RunningInflux } from '../../infra/local/influxdb.js';
import { freePort } from '../../infra/local/ports.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import {
  findOrStartInfluxOnly,
  findOrStartKafkaOnly,
  type ServicesOptions,
} from '../../infra/local/services.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The servers that a run measures against, and the folder of its own files. */
export interface BenchServices {
  readonly kafka: KafkaClient;
  readonly brokers: readonly string[];
  /** Release of a broker that we started; `external` of one that was there. */
  readonly kafkaVersion: string;
  /** Null when the run needs none. */
  readonly influx: RunningInflux | null;
  /** Temporary folder, removed by `stop`. */
  readonly home: string;
  stop(): Promise<void>;
}

/**
 * Uses the servers that KAFKA_BROKERS and INFLUX_URL name, else starts its own in a temporary home on free ports, with the
 * project's folder of downloads. `stop` ends what was started, also after a failed start.
 */
export async function startBenchServices(
  environment: Environment,
  log: Logger,
  needsInflux: boolean,
): Promise<BenchServices> {
  const home = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const options = serviceOptions(environment, home, log);
    const server = await findOrStartKafkaOnly({ ...options, settings: await kafkaSettings(environment) });
    stops.push(() => server.stop());
    const kafka = createKafka({ brokers: server.brokers, clientId: 'tidewatch-bench' }, log);
    const influx = needsInflux
      ? await findOrStartInfluxOnly({ ...options, settings: await influxSettings(environment) })
      : null;
    if (influx !== null) stops.push(() => influx.stop());
    const kafkaVersion = server.kind === 'local' ? pinnedKafkaVersion() : server.kind;
    return { kafka, brokers: server.brokers, kafkaVersion, influx, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serviceOptions(
  environment: Environment,
  home: string,
  log: Logger,
): Omit<ServicesOptions, 'settings'> {
  return {
    home,
    cache: environment['TIDEWATCH_HOME'] ?? join(findProjectRoot(), '.tidewatch'),
    owner: process.pid,
    log,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  };
}

async function kafkaSettings(environment: Environment): Promise<ServicesOptions['settings']> {
  const brokers = environment['KAFKA_BROKERS'];
  return brokers === undefined
    ? { environment, kafkaPort: await freePort() }
    : { environment, kafkaBrokers: brokers.split(',') };
}

async function influxSettings(environment: Environment): Promise<ServicesOptions['settings']> {
  const influxUrl = environment['INFLUX_URL'];
  if (influxUrl === undefined) return { environment, influxPort: await freePort() };
  return {
    environment,
    influxUrl,
    influxToken: environment['INFLUX_TOKEN'],
    influxOrg: environment['INFLUX_ORG'],
    influxBucket: environment['INFLUX_BUCKET'],
  };
}

function pinnedKafkaVersion(): string {
  const pom = readFileSync(join(findProjectRoot(), 'infra/kafka/pom.xml'), 'utf8');
  return /<kafka\.version>([^<]+)</.exec(pom)?.[1] ?? 'unknown';
}
