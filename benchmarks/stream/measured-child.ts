import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '../../common/lifecycle.js';
import { freePort } from '../../infra/local/ports.js';
import type { Environment } from './bench-services.js';

/** The `tidewatch` command as it was built. */
export const CLI = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
/** The bare kafkajs control. */
export const PASS_THROUGH = fileURLToPath(new URL('../pass-through.js', import.meta.url));

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

export interface ChildOptions {
  /** Names its log file. */
  readonly name: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly home: string;
  /** Flags of Node itself, for example --cpu-prof. */
  readonly nodeArgs?: readonly string[];
}

/** What a process tells about itself. */
export interface ChildSample {
  /** User and system time since its start, seconds. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** The whole Prometheus text. */
  readonly text: string;
}

/** A real process under measurement, with its own /metrics. */
export interface MeasuredChild {
  readonly pid: number;
  sample(): Promise<ChildSample>;
  /** SIGTERM, SIGKILL after 15 s. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Returns the value of an unlabelled metric, or the sum over its labels; NaN when it is not there. */
export function metricOf(text: string, name: string): number {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

/** Starts a process and resolves when its /readyz says yes. Throws with the end of its log when it ends or hangs before. */
export async function startChild(options: ChildOptions): Promise<MeasuredChild> {
  const port = await freePort();
  const logFile = join(options.home, `${options.name}.log`);
  const child = spawnChild(options, logFile, { HTTP_PORT: String(port) });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await exited;
    clearTimeout(killing);
  };
  const until = performance.now() + READY_DEADLINE_MS;
  while (!(await isReady(url))) {
    const isGone = child.exitCode !== null || child.signalCode !== null;
    if (isGone || performance.now() > until) {
      if (!isGone) await stop();
      throw new Error(`starting ${options.name}: it did not become ready; ${tailOf(logFile)}`);
    }
    await pause(50);
  }
  return { pid: child.pid ?? -1, sample: () => sampleOf(url), stop };
}

/** Runs a process to its end. Throws with the end of its log when its exit code is not 0. */
export async function runChild(options: ChildOptions): Promise<void> {
  const logFile = join(options.home, `${options.name}.log`);
  const child = spawnChild(options, logFile, {});
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`running ${options.name}: exit code ${code}; ${tailOf(logFile)}`);
}

/** The channel is what makes a child stop by itself when this process is gone. */
function spawnChild(options: ChildOptions, logFile: string, extra: Environment): ChildProcess {
  const output = openSync(logFile, 'a');
  try {
    return spawn(process.execPath, [...(options.nodeArgs ?? []), options.entry, ...options.args], {
      env: { ...options.environment, ...extra },
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    });
  } finally {
    closeSync(output);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

async function sampleOf(url: string): Promise<ChildSample> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return {
    cpuSeconds: metricOf(text, 'process_cpu_seconds_total'),
    rssBytes: metricOf(text, 'process_resident_memory_bytes'),
    text,
  };
}

function tailOf(logFile: string): string {
  return `its log ends: ${readFileSync(logFile, 'utf8').slice(-1_500)}`;
}
