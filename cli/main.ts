#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CommanderError } from 'commander';
import { codeOf, messageOf, TidewatchError } from '../common/errors.js';
import { interruption } from './interruption.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** What the caller gave is wrong, and nothing was done: exit code 2. */
const USAGE_CODES = new Set([
  'BAD_SETTINGS',
  'BAD_INPUT',
  'BAD_CSV',
  'BAD_MODEL',
  'TOO_FEW_ROWS',
  'NO_FEATURES',
  'FILE_UNREADABLE',
  'FILE_UNWRITABLE',
]);

/** 130 is what a shell expects of a command that a signal has ended. */
function exitCodeOf(error: unknown): number {
  const code = codeOf(error);
  if (code === 'INTERRUPTED') return 130;
  return USAGE_CODES.has(code) ? 2 : 1;
}

async function main(): Promise<number> {
  const io: Io = {
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    readFile: (path) => readFileSync(path, 'utf8'),
    interrupted: interruption({
      source: process,
      monotonicNow: () => performance.now(),
      endAtOnce: () => process.exit(130),
    }),
    now: () => Date.now(),
    pid: process.pid,
    hostname: hostname(),
  };
  try {
    await createProgram(io).parseAsync(process.argv);
    return process.exitCode === undefined ? 0 : Number(process.exitCode);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(
      `tidewatch: ${messageOf(error)}${error instanceof TidewatchError ? ` [${error.code}]` : ''}\n`,
    );
    if (!(error instanceof TidewatchError) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return exitCodeOf(error);
  }
}

// Clients of a broker that is gone may keep a socket or a timer; the work is done, so the process must not wait for them.
process.exit(await main());
