import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, messageOf, TidewatchError } from '../../common/errors.js';
import { diskFull } from './disk-space.js';
import { identify, isAlive } from './process-identity.js';
import { holdsWithin } from './wait.js';

/** Longer than the longest first start (Maven download included), so that waiting ends only when something is wrong. */
const WAIT_MS = 20 * 60_000;

/**
 * Runs `work` while no other process starts or stops services of the same home: two starts at once would format and open
 * one data folder twice. The lock of a dead process is taken over.
 */
export async function withHomeLock<T>(home: string, work: () => Promise<T>): Promise<T> {
  await mkdir(home, { recursive: true });
  const file = join(home, 'services.lock');
  const mine = JSON.stringify(await identify(process.pid, ''));
  const taken = await holdsWithin(() => tryLock(file, mine), { timeoutMs: WAIT_MS, everyMs: 100 });
  if (!taken) {
    throw new TidewatchError({
      code: 'HOME_LOCKED',
      message: `starting services: another process has held ${file} for ${WAIT_MS / 60_000} minutes; end it or remove the file`,
      retriable: true,
    });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw await refusal(file, error);
    if (!(await isHeld(file))) await rm(file, { force: true });
    return false;
  }
}

/** A lock that cannot be written is no lock that another holds: waiting would not help. */
async function refusal(file: string, error: unknown): Promise<TidewatchError> {
  if (codeOf(error) === 'ENOSPC') {
    await rm(file, { force: true });
    return diskFull('services', dirname(file), error);
  }
  return new TidewatchError({
    code: 'HOME_UNWRITABLE',
    message: `starting services: ${file} cannot be written (${messageOf(error)}); make the folder writable, or set TIDEWATCH_HOME to another`,
    retriable: false,
    cause: error,
  });
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const text = await readFile(file, 'utf8');
    // Created and not yet written: its maker is between two system calls.
    if (text === '') return true;
    const holder: unknown = JSON.parse(text);
    if (typeof holder !== 'object' || holder === null) return false;
    const pid: unknown = Reflect.get(holder, 'pid');
    const startedAt: unknown = Reflect.get(holder, 'startedAt');
    return (
      typeof pid === 'number' && typeof startedAt === 'string' && isAlive({ pid, startedAt, marker: '' })
    );
  } catch {
    return false;
  }
}
