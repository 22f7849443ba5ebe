import { readFileSync } from 'node:fs';
import { parseChildSeconds } from './proc-files.js';

/** CPU time spent since a process began, seconds. */
export interface CpuSeconds {
  /** Of the process itself, all its threads. */
  readonly own: number;
  /** Of its child processes that have ended; null where the system does not tell. */
  readonly children: number | null;
}

/** Cost of running between two moments. */
export interface CpuCost {
  readonly cpuSeconds: number;
  readonly elapsedSeconds: number;
  /** CPU seconds per hour at this pace; 36 is 1 % of one processor. */
  readonly cpuSecondsPerHour: number;
}

/** Returns the CPU time of this process and, on Linux, of its children. */
export function readCpuSeconds(): CpuSeconds {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, children: childSeconds() };
}

function childSeconds(): number | null {
  try {
    return parseChildSeconds(readFileSync('/proc/self/stat', 'latin1'));
  } catch {
    // No /proc here: the children's time is not known, and the report says so by null.
    return null;
  }
}

/** Returns the cost between two readings that are `elapsedMs` apart; 0 per hour when no time has passed. */
export function cpuCost(start: CpuSeconds, now: CpuSeconds, elapsedMs: number): CpuCost {
  const cpuSeconds = now.own - start.own + ((now.children ?? 0) - (start.children ?? 0));
  const elapsedSeconds = elapsedMs / 1000;
  const cpuSecondsPerHour = elapsedSeconds > 0 ? (3600 * cpuSeconds) / elapsedSeconds : 0;
  return { cpuSeconds, elapsedSeconds, cpuSecondsPerHour };
}
