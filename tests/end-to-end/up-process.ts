import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../infra/local/ports.js';
import { findProjectRoot } from '../../infra/local/project-root.js';
import { sharedCache } from '../support/service-fixtures.js';
import { waitFor } from '../support/services.js';

/** A home of its own for `tidewatch up`, with ports that nobody uses and the downloads of all runs. */
export interface UpHome {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Address of the simulator's control. */
  readonly simulator: string;
  readonly overview: string;
  remove(): Promise<void>;
}

/** Makes the home. Incidents come only when asked for, so that what is flagged is what was done. */
export async function makeUpHome(): Promise<UpHome> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-up-'));
  for (const path of ['kafka/libs', 'influxdb/package']) {
    const cached = join(sharedCache(), path);
    await mkdir(join(folder, path, '..'), { recursive: true });
    if (existsSync(cached)) await symlink(cached, join(folder, path));
  }
  const [kafka, influx, overview, simulator] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const environment = {
    ...process.env,
    TIDEWATCH_HOME: folder,
    KAFKA_PORT: String(kafka),
    INFLUX_PORT: String(influx),
    TIDEWATCH_PORT: String(overview),
    SIM_HTTP_PORT: String(simulator),
    SIM_INCIDENTS: 'false',
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    KAFKA_BROKERS: undefined,
    INFLUX_URL: undefined,
    LOG_LEVEL: undefined,
  };
  return {
    folder,
    environment,
    simulator: `http://127.0.0.1:${simulator}`,
    overview: `http://127.0.0.1:${overview}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Returns the last lines that each process of a home has logged, for the message of a failed test. */
export async function endOfLogs({ folder }: UpHome): Promise<string> {
  const logs = await readdir(join(folder, 'logs')).catch(() => []);
  const ends = logs.map(async (name) => {
    const lines = (await readFile(join(folder, 'logs', name), 'utf8')).trimEnd().split('\n');
    return `${name}\n${lines.slice(-8).join('\n')}`;
  });
  return (await Promise.all(ends)).join('\n\n');
}

/** A running `tidewatch up` and what it has printed. */
export class UpProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | string>;
  #output = '';

  /** Starts the built command, as `npm start` does after it has installed and built. */
  constructor(home: UpHome, ...args: readonly string[]) {
    const entry = join(findProjectRoot(), 'dist/cli/main.js');
    if (!existsSync(entry)) throw new Error('starting tidewatch up: nothing is built; run it by npm test');
    this.#child = spawn(process.execPath, [entry, 'up', ...args], {
      env: { ...home.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    this.#exit = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves once everything is started; throws with the output when it ended before. */
  async running(): Promise<void> {
    const ended = this.#exit.then((code) => {
      throw new Error(`starting tidewatch up: ended with ${code}\n${this.#output}`);
    });
    const started = waitFor(() => this.#output.includes('running; Ctrl-C'), {
      timeoutMs: 150_000,
      what: 'tidewatch up to be running',
    });
    await Promise.race([started, ended]);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves with the exit code, or the name of the signal that ended it. */
  ended(): Promise<number | string> {
    return this.#exit;
  }
}

/** Returns the processes (pid and command line) that belong to a home: named on the command line or in the environment. */
export async function processesOf({ folder }: UpHome): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [command, environment] = [await read('cmdline'), await read('environ')];
      const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const belongs = [command, environment, directory].some((text) => text.includes(folder));
      return belongs && command !== '' ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}
