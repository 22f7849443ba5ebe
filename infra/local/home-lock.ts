import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, messageOf, TidewatchError } from '../../common/errors.js';
import { diskFull } from './disk-space.js';
import { identify, isAlive } from './process-identity.js';
import { holdsWithin } from './wait.js';

/** Longer than the longest first start (Maven download included), so that waiting ends only when something is wrong. */
const WAIT_MS = 20 * 60_000;
/** A file that is `services.lock.<n>`: the one with the highest number counts. Empty = free, else its holder. */
const NAME = 'services.lock';

/**
 * Runs `work` while no other process starts or stops services of the same home: two starts at once would format and open
 * one data folder twice. The lock of a dead process is taken over, by one of those that wait. Throws HOME_LOCKED after 20
 * minutes, INTERRUPTED when the signal fires before, HOME_UNWRITABLE or DISK_FULL.
 */
export async function withHomeLock<T>(
  home: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(home, { recursive: true });
  let mine: string | null = null;
  const tryOnce = async (): Promise<boolean> => {
    const last = await findFreeLock(home);
    if (last !== null) mine = await takeLockAfter(home, last);
    return mine !== null || signal?.aborted === true;
  };
  await holdsWithin(tryOnce, { timeoutMs: WAIT_MS, everyMs: 100 });
  if (mine === null) throw notTaken(home, signal?.aborted === true);
  try {
    return await work();
  } finally {
    // Freed where it is, never removed: its number must not come a second time. Needs no space on a full disk.
    await truncate(mine).catch(() => undefined);
  }
}

/** Returns the number of the last lock if nobody holds it (0 when there never was one), else null. */
export async function findFreeLock(home: string): Promise<number | null> {
  const last = Math.max(0, ...(await lockNumbers(home)));
  return last > 0 && (await isHeld(fileOf(home, last))) ? null : last;
}

/**
 * Takes the lock that follows a free one; returns its file, or null when another process was faster. Whoever has seen the same
 * free lock wants to make the same file, and the system lets one of them; whoever has seen an older one is told by the number of
 * the last. Removing a stale lock and making it anew, instead, could remove what another had just made.
 */
export async function takeLockAfter(home: string, free: number): Promise<string | null> {
  const file = fileOf(home, free + 1);
  const draft = join(home, `${NAME}.${randomUUID()}`);
  try {
    // Linked when it is whole: nobody ever sees a lock without its holder.
    await writeFile(draft, JSON.stringify(await identify(process.pid, '')));
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw refusal(home, error);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
  const numbers = await lockNumbers(home);
  if (Math.max(...numbers) > free + 1) {
    await rm(file, { force: true });
    return null;
  }
  for (const number of numbers) if (number <= free) await rm(fileOf(home, number), { force: true });
  return file;
}

async function lockNumbers(home: string): Promise<number[]> {
  const names = await readdir(home).catch((error: unknown) => Promise.reject(refusal(home, error)));
  return names.flatMap((name) => {
    const number = /^services\.lock\.(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function fileOf(home: string, number: number): string {
  return join(home, `${NAME}.${number}`);
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const holder: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof holder !== 'object' || holder === null) return false;
    const pid: unknown = Reflect.get(holder, 'pid');
    const startedAt: unknown = Reflect.get(holder, 'startedAt');
    return (
      typeof pid === 'number' && typeof startedAt === 'string' && isAlive({ pid, startedAt, marker: '' })
    );
  } catch (error) {
    // Empty, or gone because a later one has been taken: trying to take it tells.
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return false;
    // What cannot be read (the lock of another user) may well be held: to take it over would start everything twice.
    throw refusal(dirname(file), error);
  }
}

function notTaken(home: string, interrupted: boolean): TidewatchError {
  return interrupted
    ? new TidewatchError({
        code: 'INTERRUPTED',
        message: 'starting services: told to stop while another process was at it',
        retriable: true,
      })
    : new TidewatchError({
        code: 'HOME_LOCKED',
        message: `starting services: another process has held ${join(home, NAME)}.* for ${WAIT_MS / 60_000} minutes; end it or remove the files`,
        retriable: true,
      });
}

/** A lock that cannot be written is no lock that another holds: waiting would not help. */
function refusal(home: string, error: unknown): TidewatchError {
  if (codeOf(error) === 'ENOSPC') return diskFull('services', home, error);
  return new TidewatchError({
    code: 'HOME_UNWRITABLE',
    message: `starting services: no lock can be made in ${home} (${messageOf(error)}); make the folder writable, or set TIDEWATCH_HOME to another, on a file system with hard links`,
    retriable: false,
    cause: error,
  });
}
