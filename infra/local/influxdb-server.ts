import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { runCommand } from './commands.js';
import { diskFull, requireDiskSpace, saysDiskFull } from './disk-space.js';
import { findInfluxd } from './influxdb-binary.js';
import { influxConfig } from './influxdb-config.js';
import { ensureBucket, identifyInflux } from './influxdb-probe.js';
import { throwIfInterrupted } from './interruption.js';
import { ownerIdentity } from './ownership.js';
import { choosePort, freePort, isListening, isPortFree, portTaken } from './ports.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { startServer, stopServer, tailOf, UNREADY_STOP_GRACE_MS } from './server-process.js';
import { type InfluxRecord, updateServices } from './services-file.js';
import { DEFAULT_BUCKET, type ServiceContext } from './settings.js';
import { holdsWithin } from './wait.js';

const USUAL_PORT = 8086;
const READY_TIMEOUT_MS = 60_000;

interface Server {
  readonly binary: string;
  readonly config: string;
  readonly folder: string;
  readonly logFile: string;
  readonly httpPort: number;
  readonly url: string;
}

/**
 * Starts an InfluxDB 1.x under `<home>/influxdb` and returns when it answers and its database is there. Data and ports
 * of an earlier start are found again. Throws INFLUX_UNAVAILABLE, PORT_TAKEN, DISK_FULL or START_FAILED.
 */
export async function startLocalInflux(context: ServiceContext): Promise<InfluxRecord> {
  const server = await prepare(context);
  throwIfInterrupted(context, 'InfluxDB');
  context.onProgress(`starting InfluxDB on 127.0.0.1:${server.httpPort}`);
  const started = await startServer({
    file: server.binary,
    args: ['run', '-config', server.config],
    environment: context.settings.environment,
    logFile: server.logFile,
    marker: server.config,
  });
  const record: InfluxRecord = {
    kind: 'local',
    process: started,
    owner: await ownerIdentity(context.owner),
    startedAt: new Date().toISOString(),
    url: server.url,
    bucket: context.settings.influxBucket ?? DEFAULT_BUCKET,
  };
  await updateServices(context.home, { influx: record });
  await untilReady(context, server, started);
  await ensureBucket({ url: record.url, bucket: record.bucket }, 1);
  return record;
}

async function prepare(context: ServiceContext): Promise<Server> {
  const folder = join(context.home, 'influxdb');
  await requireDiskSpace(folder, 'InfluxDB', context.freeBytes);
  const binary = await findInfluxd(context);
  await requireVersion1(context, binary);
  const config = join(folder, 'influxdb.conf');
  const ports = await choosePorts(context, await readFile(config, 'utf8').catch(() => ''));
  await mkdir(folder, { recursive: true });
  await writeFile(config, influxConfig({ ...ports, folder }));
  const url = `http://127.0.0.1:${ports.httpPort}`;
  return { binary, config, folder, logFile: join(folder, 'influxd.log'), httpPort: ports.httpPort, url };
}

/** An influxd 2.x takes no such configuration and has to be set up with users: it is for INFLUX_URL. */
async function requireVersion1(context: ServiceContext, binary: string): Promise<void> {
  const { environment } = context.settings;
  const { output } = await runCommand(binary, ['version'], { environment, timeoutMs: 20_000 });
  if (/InfluxDB v?1\./.test(output)) return;
  throw new TidewatchError({
    code: 'INFLUX_UNAVAILABLE',
    message: `starting InfluxDB: ${binary} is not InfluxDB 1.x (${output.trim().slice(0, 100)}); start it yourself and set INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG and INFLUX_BUCKET`,
    retriable: false,
  });
}

async function choosePorts(context: ServiceContext, lastConfig: string) {
  const [lastRpc, lastHttp] = [...lastConfig.matchAll(/bind-address = "127\.0\.0\.1:(\d+)"/g)].map((m) =>
    Number(m[1]),
  );
  const httpPort = await choosePort({
    service: 'InfluxDB',
    setting: 'INFLUX_PORT',
    configured: context.settings.influxPort,
    preferred: [...(lastHttp === undefined ? [] : [lastHttp]), USUAL_PORT],
  });
  const reuse = lastRpc !== undefined && lastRpc !== httpPort && (await isPortFree(lastRpc));
  return { httpPort, rpcPort: reuse ? lastRpc : await freePort([httpPort]) };
}

async function untilReady(context: ServiceContext, server: Server, started: ProcessIdentity): Promise<void> {
  const outcome: { ended: boolean } = { ended: false };
  const ready = await holdsWithin(
    async () => {
      outcome.ended = !(await isAlive(started));
      if (outcome.ended) return true;
      return (
        (await isListening(server.httpPort)) &&
        identifyInflux(server.url)
          .then(() => true)
          .catch(() => false)
      );
    },
    { timeoutMs: READY_TIMEOUT_MS, signal: context.signal },
  );
  if (ready && !outcome.ended) return;
  await stopServer(started, UNREADY_STOP_GRACE_MS);
  await updateServices(context.home, { influx: null });
  throwIfInterrupted(context, 'InfluxDB');
  throw failure(server, await tailOf(server.logFile));
}

function failure(server: Server, output: string): TidewatchError {
  if (saysDiskFull(output)) return diskFull('InfluxDB', server.folder);
  if (/address already in use/i.test(output)) return portTaken('InfluxDB', server.httpPort, 'INFLUX_PORT');
  const reason = output.trim().split('\n').at(-1) ?? '';
  return new TidewatchError({
    code: 'START_FAILED',
    message: `starting InfluxDB: it did not become ready (${reason.slice(0, 300)}); its log is ${server.logFile}; repair what it names, or set INFLUX_URL to a running InfluxDB`,
    retriable: false,
    facts: { logFile: server.logFile },
  });
}
