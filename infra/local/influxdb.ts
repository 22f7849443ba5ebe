import { composeStop, composeUp, composeVariables, findDockerEngine } from './docker.js';
import { ensureBucket, type InfluxAddress, type InfluxIdentity, identifyInflux } from './influxdb-probe.js';
import { startLocalInflux } from './influxdb-server.js';
import { throwIfInterrupted } from './interruption.js';
import { mayStop, ownerIdentity } from './ownership.js';
import { choosePort } from './ports.js';
import { isAlive } from './process-identity.js';
import { STOP_GRACE_MS, type StopOutcome, stopServer } from './server-process.js';
import { type InfluxRecord, readServices, updateServices } from './services-file.js';
import { DEFAULT_BUCKET, type ServiceContext } from './settings.js';
import { holdsWithin } from './wait.js';

/** An InfluxDB that answers and has the database or bucket. */
export interface RunningInflux extends InfluxIdentity {
  readonly url: string;
  /** The bucket of 2.x, the database of 1.x. */
  readonly bucket: string;
  /** Name of the organisation of 2.x, else null. */
  readonly org: string | null;
  /** What to log in with: a token for 2.x, `user:password` for 1.x, null where no login is needed. Secret. */
  readonly token: string | null;
  readonly kind: 'external' | 'docker' | 'local';
  /** Process id of the server when it is a process of this machine that we started, else null. */
  readonly pid: number | null;
  /** Whether `stop` ends it; false for an InfluxDB that belongs to somebody else. */
  readonly owned: boolean;
  /**
   * Ends an owned server in order (TERM, KILL after the grace, default 7 s) and returns how it ended; may be called twice;
   * does nothing (`gone`) when it is somebody else's.
   */
  stop(graceMs?: number): Promise<StopOutcome>;
}

const USUAL_PORT = 8086;
const DOCKER_ORG = 'tidewatch';
const FOUND_TIMEOUT_MS = 30_000;

/**
 * Returns an InfluxDB that answers: the configured one, the one that already runs for this home, one in Docker, or one
 * started from `influxd`. Throws a TidewatchError whose message names the ways out; with the code INFLUX_UNAVAILABLE the
 * caller can run everything but the sink.
 */
export async function findOrStartInflux(context: ServiceContext): Promise<RunningInflux> {
  const { influxUrl, influxToken, influxOrg } = context.settings;
  const bucket = context.settings.influxBucket ?? DEFAULT_BUCKET;
  if (influxUrl !== undefined && influxUrl !== '') {
    const address = { url: influxUrl, bucket, token: influxToken, org: influxOrg };
    return { ...(await open(address)), kind: 'external', pid: null, owned: false, stop: async () => 'gone' };
  }
  const found = await findRunning(context, bucket);
  if (found !== null) return found;
  const docker = await findDockerEngine(context.settings);
  const record =
    docker === null ? await startLocalInflux(context) : await startInDocker(context, docker, bucket);
  return handleOf(context, record, context.owner !== null);
}

/** Ends the InfluxDB that runs for this home, whoever started it. Returns whether there was one. */
export async function stopInflux(context: ServiceContext): Promise<boolean> {
  const { influx } = await readServices(context.home);
  if (influx === null) return false;
  const wasRunning = influx.process === null || (await isAlive(influx.process));
  await stopRecorded(context, influx);
  return wasRunning;
}

/** Identifies the server, makes the bucket and returns what a client needs. */
async function open(address: InfluxAddress) {
  const identity = await identifyInflux(address.url);
  await ensureBucket(address, identity.api);
  const { url, bucket } = address;
  return { ...identity, url, bucket, org: address.org ?? null, token: address.token ?? null };
}

async function findRunning(context: ServiceContext, bucket: string): Promise<RunningInflux | null> {
  const { influx } = await readServices(context.home);
  if (influx === null) return null;
  if (influx.process !== null && !(await isAlive(influx.process))) return null;
  const timeoutMs = influx.process === null ? 0 : FOUND_TIMEOUT_MS;
  const answered = await holdsWithin(() => isAnswering(influx.url), { timeoutMs, signal: context.signal });
  throwIfInterrupted(context, 'InfluxDB');
  if (!answered) {
    if (influx.process !== null) await stopRecorded(context, influx);
    return null;
  }
  const adopted = await mayStop(influx.owner, context.owner);
  const owner = adopted ? await ownerIdentity(context.owner) : influx.owner;
  const record = { ...influx, owner, bucket };
  await updateServices(context.home, { influx: record });
  return handleOf(context, record, adopted);
}

function isAnswering(url: string): Promise<boolean> {
  return identifyInflux(url).then(
    () => true,
    () => false,
  );
}

async function handleOf(
  context: ServiceContext,
  record: InfluxRecord,
  owned: boolean,
): Promise<RunningInflux> {
  const opened = await open(await addressOf(context, record));
  const stop = async (graceMs?: number): Promise<StopOutcome> =>
    owned ? stopRecorded(context, record, graceMs) : 'gone';
  return { ...opened, kind: record.kind, pid: record.process?.pid ?? null, owned, stop };
}

async function addressOf(context: ServiceContext, record: InfluxRecord): Promise<InfluxAddress> {
  const { url, bucket } = record;
  if (record.kind === 'local') return { url, bucket };
  const variables = await composeVariables(context.home, {});
  return { url, bucket, org: DOCKER_ORG, token: variables['INFLUX_TOKEN'] };
}

async function stopRecorded(
  context: ServiceContext,
  record: InfluxRecord,
  graceMs = STOP_GRACE_MS,
): Promise<StopOutcome> {
  const pid = record.process?.pid ?? null;
  const how =
    record.process === null
      ? await composeStop(context, 'influxdb', graceMs)
      : await stopServer(record.process, graceMs);
  context.log.info({ service: 'influxdb', pid, how }, 'service stopped');
  const current = (await readServices(context.home)).influx;
  if (current?.startedAt === record.startedAt) await updateServices(context.home, { influx: null });
  return how;
}

async function startInDocker(context: ServiceContext, docker: string, bucket: string): Promise<InfluxRecord> {
  const last = (await composeVariables(context.home, {}))['INFLUX_PORT'];
  const port = await choosePort({
    service: 'InfluxDB',
    setting: 'INFLUX_PORT',
    configured: context.settings.influxPort,
    preferred: [...(last === undefined ? [] : [Number(last)]), USUAL_PORT],
  });
  await composeVariables(context.home, {
    INFLUX_PORT: String(port),
    INFLUX_BUCKET: bucket,
    INFLUX_ORG: DOCKER_ORG,
  });
  await composeUp(context, docker, 'influxdb');
  const record: InfluxRecord = {
    kind: 'docker',
    process: null,
    owner: await ownerIdentity(context.owner),
    startedAt: new Date().toISOString(),
    url: `http://127.0.0.1:${port}`,
    bucket,
  };
  await updateServices(context.home, { influx: record });
  await identifyInflux(record.url);
  return record;
}
