import { spawn } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { TidewatchError } from '../../common/errors.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import { holdsWithin } from './wait.js';

/** Time between TERM and KILL when nobody gives another. */
export const STOP_GRACE_MS = 7_000;
/** The same for a server that is not ready yet: it holds nothing that a KILL could cost. */
export const UNREADY_STOP_GRACE_MS = 4_000;

/** How a server ended; `gone`: it was not running. */
export type StopOutcome = 'gone' | 'terminated' | 'killed';

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Receives standard output and error; the file of the last start is kept beside it as `.1`. */
  readonly logFile: string;
  /** See {@link ProcessIdentity.marker}: must occur in `args`. */
  readonly marker: string;
}

/**
 * Starts a server in a process group and session of its own, so that a Ctrl-C in the terminal reaches only us and we
 * stop the server in our order. The server outlives this process when nobody stops it.
 */
export async function startServer(command: ServerCommand): Promise<ProcessIdentity> {
  await rename(command.logFile, `${command.logFile}.1`).catch(() => undefined);
  const log = await open(command.logFile, 'a');
  try {
    const child = spawn(command.file, command.args, {
      detached: true,
      env: { ...command.environment },
      stdio: ['ignore', log.fd, log.fd],
    });
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    await spawned;
    child.unref();
    const identity = child.pid === undefined ? null : await identify(child.pid, command.marker);
    if (identity !== null) return identity;
  } finally {
    await log.close();
  }
  throw new TidewatchError({
    code: 'START_FAILED',
    message: `starting ${command.file}: the process ended at once; its output is in ${command.logFile}`,
    retriable: false,
  });
}

/**
 * Ends a server: TERM, then KILL at the deadline. Returns how it ended. A process that merely has the same pid is left
 * alone.
 */
export async function stopServer(identity: ProcessIdentity, graceMs: number): Promise<StopOutcome> {
  if (!(await isAlive(identity))) return 'gone';
  signal(identity.pid, 'SIGTERM');
  const ended = async (): Promise<boolean> => !(await isAlive(identity));
  if (await holdsWithin(ended, { timeoutMs: graceMs, everyMs: 20 })) return 'terminated';
  signal(identity.pid, 'SIGKILL');
  await holdsWithin(ended, { timeoutMs: 5_000, everyMs: 20 });
  return 'killed';
}

/** Returns the newest 64 KiB of a server's output, or '' when there is none. */
export async function tailOf(logFile: string): Promise<string> {
  return readFile(logFile, 'utf8').then(
    (text) => text.slice(-64 * 1024),
    () => '',
  );
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
}
