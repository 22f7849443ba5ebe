import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process as it was when it started: enough to tell it from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque start time: clock ticks since boot on Linux, `ps` text elsewhere. */
  readonly startedAt: string;
  /** Part of the command line that no other process has: the path of the configuration file. */
  readonly marker: string;
}

interface ProcessFacts {
  readonly startedAt: string;
  readonly commandLine: string;
}

/** Returns the identity of a running process, or null when it is gone or its command line lacks the marker. */
export async function identify(pid: number, marker: string): Promise<ProcessIdentity | null> {
  const facts = await factsOf(pid);
  return facts?.commandLine.includes(marker) ? { pid, startedAt: facts.startedAt, marker } : null;
}

/** Returns whether exactly this process still runs; a zombie and another process with its pid do not count. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid, identity.marker);
  return now !== null && now.startedAt === identity.startedAt;
}

async function factsOf(pid: number): Promise<ProcessFacts | null> {
  return process.platform === 'linux' ? factsFromProc(pid) : factsFromPs(pid);
}

async function factsFromProc(pid: number): Promise<ProcessFacts | null> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // proc(5): the name in field 2 may hold spaces and parentheses, so fields are counted after its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const startedAt = fields[19];
    if (startedAt === undefined || state === 'Z' || state === 'X') return null;
    return { startedAt, commandLine: commandLine.replaceAll('\0', ' ') };
  } catch {
    return null;
  }
}

async function factsFromPs(pid: number): Promise<ProcessFacts | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'stat=,lstart=,command=',
      '-ww',
      '-p',
      String(pid),
    ]);
    const match = /^(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(stdout.trim());
    if (match === null || match[1]?.startsWith('Z')) return null;
    return { startedAt: match[2] ?? '', commandLine: match[3] ?? '' };
  } catch {
    return null;
  }
}
