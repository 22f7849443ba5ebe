import type { Admin, Kafka } from 'kafkajs';
import { messageOf, TidewatchError } from '../../common/errors.js';
import { loadPatchedKafkajs } from '../../common/kafka/client.js';
import type { KafkaSecurity } from './settings.js';

const PROBE_CLIENT = 'tidewatch.readiness';

/** Where a broker is probed, and how patiently. */
export interface KafkaAddress {
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity | undefined;
  /** Longest wait for one connection or request; default 5 s. */
  readonly timeoutMs?: number;
}

/** Returns normally when an admin request answers; throws WRONG_CREDENTIALS or BROKER_UNREACHABLE with the ways out. */
export async function checkKafka(address: KafkaAddress): Promise<void> {
  try {
    await withAdmin(probeClient(address), async (admin) => {
      await admin.describeCluster();
    });
  } catch (error) {
    throw refusal(address.brokers, error);
  }
}

/**
 * Returns whether the broker answers admin requests and both of its coordinators serve: the group coordinator has
 * loaded its groups and the transaction coordinator gives out a producer id. Until then a consumer's first join fails
 * with NOT_AVAILABLE or LOADING. Creates the internal topics on a fresh broker and one transactional id.
 */
export async function isKafkaReady(address: KafkaAddress): Promise<boolean> {
  const kafka = probeClient(address);
  try {
    await withAdmin(kafka, async (admin) => {
      await admin.describeCluster();
      await admin.describeGroups([PROBE_CLIENT]);
      await admin.listGroups();
    });
    await initProducerId(kafka);
    return true;
  } catch {
    return false;
  }
}

function probeClient(address: KafkaAddress): Kafka {
  const timeoutMs = address.timeoutMs ?? 5_000;
  const kafkajs = loadPatchedKafkajs();
  return new kafkajs.Kafka({
    clientId: PROBE_CLIENT,
    brokers: [...address.brokers],
    ...address.security,
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    logLevel: kafkajs.logLevel.NOTHING,
    // The caller's loop retries with its own deadline; kafkajs refuses an idempotent producer with no retry at all.
    retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 50 },
  });
}

async function withAdmin(kafka: Kafka, use: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function initProducerId(kafka: Kafka): Promise<void> {
  const producer = kafka.producer({
    transactionalId: PROBE_CLIENT,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  try {
    await producer.connect();
    await (await producer.transaction()).abort();
  } finally {
    await producer.disconnect();
  }
}

function refusal(brokers: readonly string[], error: unknown): TidewatchError {
  const list = brokers.join(',');
  if (isAuthenticationError(error)) {
    return new TidewatchError({
      code: 'WRONG_CREDENTIALS',
      message: `connecting to Kafka at ${list}: the broker refused the user or password; check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM`,
      retriable: false,
      cause: error,
      facts: { brokers: list },
    });
  }
  return new TidewatchError({
    code: 'BROKER_UNREACHABLE',
    message: `connecting to Kafka at ${list}: no broker answered (${messageOf(error)}); check KAFKA_BROKERS, that the broker runs and is reachable from here, and KAFKA_TLS when it wants TLS, or leave KAFKA_BROKERS out to start one`,
    retriable: true,
    cause: error,
    facts: { brokers: list },
  });
}

function isAuthenticationError(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    // By name: Node finds no named exports for the error classes in the CommonJS module of kafkajs.
    if (cause.name === 'KafkaJSSASLAuthenticationError') return true;
  }
  return false;
}
