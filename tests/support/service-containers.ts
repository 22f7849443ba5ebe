import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import { checkKafka } from '../../infra/local/kafka-probe.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import type { InfluxFixture, KafkaFixture } from './service-fixtures.js';

/** Returns a single KRaft broker of the image that docker-compose.yml pins, listening on a given port of this machine. */
export async function startKafkaContainer(port: number): Promise<KafkaFixture> {
  const container = await new GenericContainer(await pinnedImage('apache/kafka'))
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  const brokers = [`127.0.0.1:${port}`];
  await checkKafka({ brokers });
  return {
    brokers,
    tools: { container: container.getId() },
    stop: async () => void (await container.stop()),
  };
}

/** Returns an InfluxDB 2.x of the image that docker-compose.yml pins, set up with a random token. */
export async function startInfluxContainer(port: number): Promise<InfluxFixture> {
  const token = randomBytes(24).toString('hex');
  const org = 'tidewatch';
  const bucket = 'tidewatch';
  const image = await pinnedImage('influxdb');
  const container = await new GenericContainer(image)
    .withExposedPorts({ container: 8086, host: port })
    .withEnvironment({
      DOCKER_INFLUXDB_INIT_MODE: 'setup',
      DOCKER_INFLUXDB_INIT_USERNAME: 'tidewatch',
      DOCKER_INFLUXDB_INIT_PASSWORD: randomBytes(24).toString('hex'),
      DOCKER_INFLUXDB_INIT_ORG: org,
      DOCKER_INFLUXDB_INIT_BUCKET: bucket,
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: token,
    })
    .withWaitStrategy(Wait.forHttp('/health', 8086).forStatusCode(200))
    .start();
  const url = `http://127.0.0.1:${port}`;
  const version = image.split(':')[1] ?? '2';
  return { url, api: 2, version, bucket, org, token, stop: async () => void (await container.stop()) };
}

/** One place pins the images: docker-compose.yml. */
async function pinnedImage(name: string): Promise<string> {
  const text = await readFile(join(findProjectRoot(), 'docker-compose.yml'), 'utf8');
  const image = new RegExp(`image: (${name}:\\S+)`).exec(text)?.[1];
  if (image === undefined)
    throw new Error(`finding the image of ${name}: docker-compose.yml does not pin it`);
  return image;
}
