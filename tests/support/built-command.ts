import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../infra/local/commands.js';
import { findProjectRoot } from '../../infra/local/project-root.js';

const SOURCES = [
  'schemas',
  'common',
  'detection',
  'producers',
  'processors',
  'sinks',
  'jobs',
  'cli',
  'infra',
];
const BUILD_TIMEOUT_MS = 120_000;

/** Builds the project when a source is newer than the build; `npm test` has done so already. */
export async function buildOnce(): Promise<void> {
  const root = findProjectRoot();
  const marker = join(root, 'dist/.built');
  const newest = Math.max(...SOURCES.map((folder) => newestChange(join(root, folder))));
  if ((statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= newest) return;
  const { code, output } = await runCommand('npm', ['run', 'build', '--prefix', root], {
    environment: process.env,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(`building the project: ${output.slice(-2_000)}`);
  writeFileSync(marker, '');
}

function newestChange(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs;
    }),
  );
}

/** A running `tidewatch` process. */
export interface TidewatchProcess {
  readonly pid: number;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal to this process alone. */
  signal(name: NodeJS.Signals): void;
  /** What it wrote so far on standard output and standard error. */
  output(): string;
}

/** Starts the built command with these arguments; `environment` adds to our own. */
export function startTidewatch(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): TidewatchProcess {
  const child = spawn(process.execPath, [join(findProjectRoot(), 'dist/cli/main.js'), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('starting tidewatch: no process');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  return { pid, ended: endOf(child), signal: (name) => void child.kill(name), output: () => output };
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL')));
}
