import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { runCommand } from './commands.js';
import { diskFull, requireDiskSpace, saysDiskFull } from './disk-space.js';
import { throwIfInterrupted } from './interruption.js';
import { findJava } from './java.js';
import { BROKER_JVM_OPTIONS, brokerProperties } from './kafka-config.js';
import { resolveKafkaJars } from './kafka-jars.js';
import { isKafkaReady } from './kafka-probe.js';
import { ownerIdentity } from './ownership.js';
import { choosePort, freePort, isListening, isPortFree, portTaken } from './ports.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { startServer, stopServer, tailOf, UNREADY_STOP_GRACE_MS } from './server-process.js';
import { type KafkaRecord, updateServices } from './services-file.js';
import type { ServiceContext } from './settings.js';
import { holdsWithin } from './wait.js';

const USUAL_PORT = 9092;
/** Ready in 3-9 s on an idle machine, 16 s was seen on two cores at a load of 6. */
const READY_TIMEOUT_MS = 120_000;
/** The starting JVM needs the cores more than our looks at it do. */
const PROBE_EVERY_MS = 150;
const FORMAT_TIMEOUT_MS = 60_000;

interface Broker {
  readonly java: string;
  readonly classPath: string;
  readonly folder: string;
  readonly properties: string;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly clientPort: number;
  readonly controllerPort: number;
}

/**
 * Starts one KRaft broker from the Maven jars under `<home>/kafka` and returns when it and its coordinators answer.
 * Data, ports and cluster id of an earlier start are found again. Throws NO_JAVA, NO_MAVEN, RESOLVE_FAILED, PORT_TAKEN,
 * DISK_FULL or START_FAILED.
 */
export async function startLocalBroker(context: ServiceContext): Promise<KafkaRecord> {
  const broker = await prepare(context);
  await formatOnce(context, broker);
  throwIfInterrupted(context, 'Kafka');
  context.onProgress(`starting Kafka on 127.0.0.1:${broker.clientPort}`);
  const server = await startServer({
    file: broker.java,
    args: [...BROKER_JVM_OPTIONS, '-cp', broker.classPath, 'kafka.Kafka', broker.properties],
    environment: context.settings.environment,
    logFile: broker.logFile,
    marker: broker.properties,
  });
  const record: KafkaRecord = {
    kind: 'local',
    process: server,
    owner: await ownerIdentity(context.owner),
    startedAt: new Date().toISOString(),
    brokers: [`127.0.0.1:${broker.clientPort}`],
    controllerPort: broker.controllerPort,
  };
  // Written before it is ready: should we be killed now, the next start finds the process.
  await updateServices(context.home, { kafka: record });
  await untilReady(context, broker, record, server);
  return record;
}

async function prepare(context: ServiceContext): Promise<Broker> {
  const folder = join(context.home, 'kafka');
  await requireDiskSpace(folder, 'Kafka', context.freeBytes);
  const java = await findJava(context.settings);
  const libs = await resolveKafkaJars(context);
  const properties = join(folder, 'server.properties');
  const dataFolder = join(folder, 'data');
  const ports = await choosePorts(context, await readFile(properties, 'utf8').catch(() => ''));
  await mkdir(dataFolder, { recursive: true });
  await writeFile(properties, brokerProperties({ ...ports, dataFolder }));
  const logFile = join(folder, 'broker.log');
  return { java: java.file, classPath: join(libs, '*'), folder, properties, dataFolder, logFile, ...ports };
}

async function choosePorts(context: ServiceContext, lastProperties: string) {
  const last = /^listeners=PLAINTEXT:\/\/127\.0\.0\.1:(\d+),CONTROLLER:\/\/127\.0\.0\.1:(\d+)$/m.exec(
    lastProperties,
  );
  const lastClient = last?.[1] === undefined ? [] : [Number(last[1])];
  const clientPort = await choosePort({
    service: 'Kafka',
    setting: 'KAFKA_PORT',
    configured: context.settings.kafkaPort,
    preferred: [...lastClient, USUAL_PORT],
  });
  const lastController = last?.[2] === undefined ? null : Number(last[2]);
  const reuse =
    lastController !== null && lastController !== clientPort && (await isPortFree(lastController));
  return { clientPort, controllerPort: reuse ? lastController : await freePort([clientPort]) };
}

/** Formats the data folder before its first use; a format that was cut off has left no meta.properties and is repeated. */
async function formatOnce(context: ServiceContext, broker: Broker): Promise<void> {
  if (existsSync(join(broker.dataFolder, 'meta.properties'))) return;
  context.onProgress('formatting the data folder of Kafka');
  // Kafka's cluster ids are 16 bytes in URL-safe base64. One that begins with a dash (1 in 64) is taken for an option.
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex')
    .toString('base64url')
    .replace(/^-/, '_');
  const tool = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', broker.classPath];
  const args = [
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    clusterId,
    '--config',
    broker.properties,
  ];
  const { code, output } = await runCommand(broker.java, [...tool, ...args], {
    environment: context.settings.environment,
    timeoutMs: FORMAT_TIMEOUT_MS,
    signal: context.signal,
  });
  throwIfInterrupted(context, 'Kafka');
  if (code !== 0) throw failure(broker, output);
}

async function untilReady(
  context: ServiceContext,
  broker: Broker,
  record: KafkaRecord,
  server: ProcessIdentity,
): Promise<void> {
  const outcome: { ended: boolean } = { ended: false };
  const ready = await holdsWithin(
    async () => {
      outcome.ended = !(await isAlive(server));
      if (outcome.ended) return true;
      // A closed port is seen in a millisecond; a kafkajs client costs more than the starting JVM can spare.
      if (!(await isListening(broker.clientPort))) return false;
      return isKafkaReady({ brokers: record.brokers });
    },
    { timeoutMs: READY_TIMEOUT_MS, everyMs: PROBE_EVERY_MS, signal: context.signal },
  );
  if (ready && !outcome.ended) return;
  await stopServer(server, UNREADY_STOP_GRACE_MS);
  await updateServices(context.home, { kafka: null });
  throwIfInterrupted(context, 'Kafka');
  throw failure(broker, await tailOf(broker.logFile));
}

function failure(broker: Broker, output: string): TidewatchError {
  if (saysDiskFull(output)) return diskFull('Kafka', broker.folder);
  if (/Address already in use|BindException/.test(output))
    return portTaken('Kafka', broker.clientPort, 'KAFKA_PORT');
  const reason =
    output.split('\n').findLast((line) => /ERROR|Exception|rror:/.test(line)) ?? 'no answer in time';
  return new TidewatchError({
    code: 'START_FAILED',
    message: `starting Kafka: the broker did not become ready (${reason.trim().slice(0, 300)}); its log is ${broker.logFile}; repair what it names, or set KAFKA_BROKERS to a running Kafka`,
    retriable: false,
    facts: { logFile: broker.logFile },
  });
}
