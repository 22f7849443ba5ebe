import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A command that ended. `code` is null when a signal or the deadline ended it, or when it could not be run. */
export interface CommandResult {
  readonly code: number | null;
  /** Standard output and error, interleaved, the newest 64 KiB. */
  readonly output: string;
}

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Called with every line as it is written. */
  readonly onLine?: (line: string) => void;
  /** Ends the command before its end. */
  readonly signal?: AbortSignal | undefined;
}

const OUTPUT_LIMIT = 64 * 1024;

/** Returns the absolute path of an executable found on the given PATH, or null. */
export async function findExecutable(name: string, path: string | undefined): Promise<string | null> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder: the next one decides.
    }
  }
  return null;
}

/** Runs a command to its end or the deadline (then KILL). Never throws: a command that cannot run has code null. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { ...options.environment },
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (line: string): void => {
      output = `${output}${line}\n`.slice(-OUTPUT_LIMIT);
      options.onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', take);
    createInterface({ input: child.stderr }).on('line', take);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const interrupt = () => child.kill('SIGTERM');
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', interrupt);
    };
    options.signal?.addEventListener('abort', interrupt, { once: true });
    if (options.signal?.aborted === true) interrupt();
    child.once('error', (error) => {
      settle();
      resolve({ code: null, output: `${output}${error.message}` });
    });
    child.once('close', (code) => {
      settle();
      resolve({ code, output });
    });
  });
}
