import type { Settings } from '../common/config.js';
import { TidewatchError } from '../common/errors.js';
import {
  createKafka,
  type KafkaClient,
  type KafkaConnection,
  plainWithoutTls,
} from '../common/kafka/client.js';
import type { kafkaSettings } from '../common/kafka/settings.js';
import type { Logger } from '../common/log.js';
import { servicesStatus } from '../infra/local/services.js';
import type { Io } from './io.js';

/** Returns TLS and login of the connection, files read. Throws BAD_SETTINGS when they do not belong together. */
export function kafkaSecurity(
  settings: Settings<typeof kafkaSettings>,
  io: Io,
): Pick<KafkaConnection, 'tls' | 'sasl'> {
  const file = (path: string | null) => (path === null ? undefined : io.readFile(path));
  const ca = file(settings.KAFKA_TLS_CA);
  const cert = file(settings.KAFKA_TLS_CERT);
  const key = file(settings.KAFKA_TLS_KEY);
  const tls = settings.KAFKA_TLS
    ? {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      }
    : undefined;
  const mechanism = settings.KAFKA_SASL_MECHANISM;
  if (mechanism === 'none') return { tls };
  const username = settings.KAFKA_SASL_USERNAME;
  const password = settings.KAFKA_SASL_PASSWORD;
  if (username === null || password === null) {
    throw new TidewatchError({
      code: 'BAD_SETTINGS',
      retriable: false,
      message:
        'reading settings: KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE)',
    });
  }
  if (mechanism === 'plain' && tls === undefined) throw plainWithoutTls();
  return { tls, sasl: { mechanism, username, password } };
}

/** Returns the brokers: those that are set, else those of the Kafka that runs for this home. Throws NO_BROKERS. */
export async function findBrokers(
  settings: Settings<typeof kafkaSettings>,
  home: string,
  io: Io,
): Promise<readonly string[]> {
  if (settings.KAFKA_BROKERS !== null && settings.KAFKA_BROKERS.length > 0) return settings.KAFKA_BROKERS;
  const { kafka } = await servicesStatus({ home, settings: { environment: io.environment } });
  if (kafka !== null) return kafka.brokers;
  throw new TidewatchError({
    code: 'NO_BROKERS',
    retriable: false,
    message:
      'finding Kafka: none runs for this folder; set KAFKA_BROKERS, or start one with "tidewatch services start"',
  });
}

/** Returns a patched client of the brokers found. */
export async function connectKafka(
  settings: Settings<typeof kafkaSettings>,
  home: string,
  io: Io,
  log: Logger,
): Promise<KafkaClient> {
  const security = kafkaSecurity(settings, io);
  const brokers = await findBrokers(settings, home, io);
  return createKafka({ brokers, clientId: 'tidewatch', ...security }, log);
}
