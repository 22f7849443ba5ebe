import { cpus, loadavg } from 'node:os';
import si from 'systeminformation';
import type { ProcessorTimes } from './rates.js';

/** Returns what each processor did since the machine's start. Costs no child process on any system, other than systeminformation's currentLoad. */
export function processorTimes(): ProcessorTimes[] {
  return cpus().map(({ times }) => ({
    busy: times.user + times.nice + times.sys + times.irq,
    idle: times.idle,
  }));
}

/** Returns the load average of the last minute; absent where the system has none (Windows says 0). */
export function loadGauge(platform: NodeJS.Platform): { readonly load_1m?: number } {
  const load = loadavg()[0];
  return load === undefined || platform === 'win32' ? {} : { load_1m: load };
}

/** Returns memory that programs hold (not caches) and swap in use, percent; swap is 0 where there is none. */
export async function memoryGauges(): Promise<{
  readonly memory_percent: number;
  readonly swap_percent: number;
}> {
  const { active, total, swaptotal, swapused } = await si.mem();
  return {
    memory_percent: (100 * active) / total,
    swap_percent: swaptotal > 0 ? (100 * swapused) / swaptotal : 0,
  };
}

/** Returns the use of the fullest writable file system, percent. Costs a child process (df). Throws when there is none. */
export async function fullestDiskPercent(): Promise<number> {
  const uses = (await si.fsSize())
    .filter(({ rw, size, use }) => rw !== false && size > 0 && Number.isFinite(use))
    .map(({ use }) => use);
  if (uses.length === 0) throw new Error('no writable file system found');
  return Math.max(...uses);
}
