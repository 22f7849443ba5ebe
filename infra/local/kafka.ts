import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeStop, composeUp, composeVariables, findDockerEngine } from './docker.js';
import { throwIfInterrupted } from './interruption.js';
import { startLocalBroker } from './kafka-broker.js';
import { checkKafka, isKafkaReady } from './kafka-probe.js';
import { mayStop, ownerIdentity } from './ownership.js';
import { choosePort } from './ports.js';
import { isAlive } from './process-identity.js';
import { STOP_GRACE_MS, type StopOutcome, stopServer } from './server-process.js';
import { type KafkaRecord, readServices, updateServices } from './services-file.js';
import type { ServiceContext } from './settings.js';
import { holdsWithin } from './wait.js';

/** A Kafka that answers. */
export interface RunningKafka {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly kind: 'external' | 'docker' | 'local';
  /** Process id of the broker when it is a process of this machine that we started, else null. */
  readonly pid: number | null;
  /** Whether `stop` ends it; false for a Kafka that belongs to somebody else. */
  readonly owned: boolean;
  /**
   * Ends an owned broker in order (TERM, KILL after the grace, default 7 s) and returns how it ended; may be called twice;
   * does nothing (`gone`) when it is somebody else's.
   */
  stop(graceMs?: number): Promise<StopOutcome>;
}

const USUAL_PORT = 9092;
/** How long a broker that another process has just started may take to become ready. */
const FOUND_TIMEOUT_MS = 30_000;

/**
 * Returns a Kafka that answers: the configured one, the one that already runs for this home, one in Docker, or one
 * started from the jars. Throws a TidewatchError whose message names the ways out.
 */
export async function findOrStartKafka(context: ServiceContext): Promise<RunningKafka> {
  const { kafkaBrokers, kafkaSecurity } = context.settings;
  if (kafkaBrokers !== undefined && kafkaBrokers.length > 0) {
    await checkKafka({ brokers: kafkaBrokers, security: kafkaSecurity });
    return { brokers: kafkaBrokers, kind: 'external', pid: null, owned: false, stop: async () => 'gone' };
  }
  const found = await findRunning(context);
  if (found !== null) return found;
  const docker = await findDockerEngine(context.settings);
  const record = docker === null ? await startLocalBroker(context) : await startInDocker(context, docker);
  return handleOf(context, record, context.owner !== null);
}

/** Ends the Kafka that runs for this home, whoever started it. Returns whether there was one. */
export async function stopKafka(context: ServiceContext): Promise<boolean> {
  const { kafka } = await readServices(context.home);
  if (kafka === null) return false;
  const wasRunning = kafka.process === null || (await isAlive(kafka.process));
  await stopRecorded(context, kafka);
  return wasRunning;
}

/** Returns whether the broker of a record runs and answers an admin request. */
export async function answers(record: KafkaRecord): Promise<boolean> {
  if (record.process !== null && !(await isAlive(record.process))) return false;
  return checkKafka({ brokers: record.brokers }).then(
    () => true,
    () => false,
  );
}

async function findRunning(context: ServiceContext): Promise<RunningKafka | null> {
  const { kafka } = await readServices(context.home);
  if (kafka === null) return null;
  if (kafka.process === null ? !(await answers(kafka)) : !(await isAlive(kafka.process))) return null;
  const ready = await holdsWithin(() => isKafkaReady({ brokers: kafka.brokers }), {
    timeoutMs: FOUND_TIMEOUT_MS,
    signal: context.signal,
  });
  throwIfInterrupted(context, 'Kafka');
  if (!ready) {
    // It runs and answers nothing: only a restart helps, and its log finds the data again.
    await stopRecorded(context, kafka);
    return null;
  }
  const adopted = await mayStop(kafka.owner, context.owner);
  if (adopted)
    await updateServices(context.home, { kafka: { ...kafka, owner: await ownerIdentity(context.owner) } });
  return handleOf(context, kafka, adopted);
}

function handleOf(context: ServiceContext, record: KafkaRecord, owned: boolean): RunningKafka {
  const { brokers, kind } = record;
  const stop = async (graceMs?: number): Promise<StopOutcome> =>
    owned ? stopRecorded(context, record, graceMs) : 'gone';
  return { brokers, kind, pid: record.process?.pid ?? null, owned, stop };
}

async function stopRecorded(
  context: ServiceContext,
  record: KafkaRecord,
  graceMs = STOP_GRACE_MS,
): Promise<StopOutcome> {
  const pid = record.process?.pid ?? null;
  const how =
    record.process === null
      ? await composeStop(context, 'kafka', graceMs)
      : await stopServer(record.process, graceMs);
  context.log.info({ service: 'kafka', pid, how }, 'service stopped');
  const current = (await readServices(context.home)).kafka;
  // Another process may have started a new one meanwhile: its record stays.
  if (current?.startedAt === record.startedAt) await updateServices(context.home, { kafka: null });
  return how;
}

async function startInDocker(context: ServiceContext, docker: string): Promise<KafkaRecord> {
  const known = await readFile(join(context.home, 'compose.env'), 'utf8').catch(() => '');
  const last = /^KAFKA_PORT=(\d+)$/m.exec(known)?.[1];
  const port = await choosePort({
    service: 'Kafka',
    setting: 'KAFKA_PORT',
    configured: context.settings.kafkaPort,
    preferred: [...(last === undefined ? [] : [Number(last)]), USUAL_PORT],
  });
  await composeVariables(context.home, { KAFKA_PORT: String(port) });
  await composeUp(context, docker, 'kafka');
  const record: KafkaRecord = {
    kind: 'docker',
    process: null,
    owner: await ownerIdentity(context.owner),
    startedAt: new Date().toISOString(),
    brokers: [`127.0.0.1:${port}`],
    controllerPort: 0,
  };
  await updateServices(context.home, { kafka: record });
  await holdsWithin(() => isKafkaReady({ brokers: record.brokers }), { timeoutMs: FOUND_TIMEOUT_MS });
  await checkKafka({ brokers: record.brokers });
  return record;
}
