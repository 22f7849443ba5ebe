import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { choosePort } from '../local/ports.js';
import { isAlive, type ProcessIdentity } from '../local/process-identity.js';
import { startServer, tailOf } from '../local/server-process.js';
import { holdsWithin } from '../local/wait.js';
import { installMlflow, type MlflowInstallation } from './environment.js';

export interface MlflowServerOptions extends MlflowInstallation {
  /** Absolute path under which runs, models and artifacts are kept. */
  readonly home: string;
  /** 1..65535; unset: 5000, or a free one. */
  readonly port?: number;
}

/** A server that answers. */
export interface MlflowServer {
  /** What MLFLOW_TRACKING_URI is set to. */
  readonly url: string;
  readonly pid: number;
  /** Ends the server and its workers: TERM, KILL after 7 s. Safe to call twice. */
  stop(): Promise<void>;
}

const USUAL_PORT = 5_000;
/** 5 s as a rule; 69 s were seen at a first start on a busy machine, when Python compiles what was installed. */
const READY_TIMEOUT_MS = 180_000;
const STOP_GRACE_MS = 7_000;

/**
 * Installs MLflow when needed and starts `mlflow server` on 127.0.0.1 with a SQLite database and its artifact proxy, all under
 * `<home>/mlflow`. Returns when it answers. Throws what `installMlflow` throws, PORT_TAKEN, START_FAILED.
 */
export async function startMlflow(options: MlflowServerOptions): Promise<MlflowServer> {
  const command = await installMlflow(options);
  const folder = join(options.home, 'mlflow');
  await mkdir(folder, { recursive: true });
  const port = await choosePort({
    service: 'MLflow',
    setting: 'the port',
    configured: options.port,
    preferred: [USUAL_PORT],
  });
  const database = `sqlite:///${join(folder, 'mlflow.db')}`;
  const logFile = join(folder, 'server.log');
  options.onProgress(`starting MLflow on 127.0.0.1:${port}`);
  const identity = await startServer({
    file: command,
    args: [
      ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', database, '--serve-artifacts'],
      ...['--artifacts-destination', join(folder, 'artifacts')],
    ],
    environment: withoutMlflowSettings(options.environment),
    logFile,
    marker: database,
  });
  const server = { url: `http://127.0.0.1:${port}`, pid: identity.pid, stop: () => stopGroup(identity) };
  await untilReady(server, identity, logFile);
  return server;
}

/** The server's own settings have the same prefix as its clients': those of the caller are not meant for it. */
function withoutMlflowSettings(environment: MlflowServerOptions['environment']) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MLFLOW_')));
}

async function untilReady(server: MlflowServer, identity: ProcessIdentity, logFile: string): Promise<void> {
  let ended = false;
  const ready = await holdsWithin(
    async () => {
      ended = !(await isAlive(identity));
      return ended || (await answers(`${server.url}/health`));
    },
    { timeoutMs: READY_TIMEOUT_MS, everyMs: 200 },
  );
  if (ready && !ended) return;
  await server.stop();
  const reason = (await tailOf(logFile)).trim().split('\n').at(-1) ?? '';
  throw new TidewatchError({
    code: 'START_FAILED',
    retriable: false,
    message: `starting MLflow: it did not become ready (${reason.slice(0, 300)}); its log is ${logFile}; repair what it names, or set MLFLOW_TRACKING_URI to a running server`,
    facts: { logFile },
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The command is the parent of gunicorn and its workers, which outlive it: the whole group is told to end. */
async function stopGroup({ pid }: ProcessIdentity): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  const gone = () => !signalGroup(pid, 0);
  if (await holdsWithin(gone, { timeoutMs: STOP_GRACE_MS, everyMs: 20 })) return;
  signalGroup(pid, 'SIGKILL');
  await holdsWithin(gone, { timeoutMs: 5_000, everyMs: 20 });
}

/** Returns false when no process of the group is left. A group keeps its number as long as one is. */
function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
