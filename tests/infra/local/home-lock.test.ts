import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFreeLock, takeLockAfter, withHomeLock } from '../../../infra/local/home-lock.js';

/** PATH_MAX of Linux, bytes, the ending zero included. */
const LONGEST_PATH = 4_096;

/** A home whose third lock belongs to a process that is gone. */
async function staleHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'tidewatch-lock-'));
  const gone = { pid: 2 ** 22 + 1, startedAt: 'never', marker: '' };
  await writeFile(join(home, 'services.lock.3'), JSON.stringify(gone));
  return home;
}

describe('withHomeLock', () => {
  it('refuses at once a home whose lock cannot be written, instead of waiting for a holder that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-lock-'));
    // The folder fits into the longest path of the system, the file in it does not: so it fails for root as well.
    let home = folder;
    while (home.length < LONGEST_PATH - 210) home = join(home, 'a'.repeat(199));
    home = join(home, 'b'.repeat(LONGEST_PATH - 8 - home.length));
    await expect(withHomeLock(home, async () => 1)).rejects.toMatchObject({ code: 'HOME_UNWRITABLE' });
    await rm(folder, { recursive: true });
  });

  it('refuses a home whose lock cannot be read, as that of another user: it may be held', async () => {
    const home = await staleHome();
    await mkdir(join(home, 'services.lock.4'));
    await expect(withHomeLock(home, async () => 1)).rejects.toMatchObject({ code: 'HOME_UNWRITABLE' });
    expect((await readdir(home)).sort()).toEqual(['services.lock.3', 'services.lock.4']);
    await rm(home, { recursive: true });
  });

  it('takes over the lock of a process that is gone, and leaves one free lock behind', async () => {
    const home = await staleHome();
    expect(await withHomeLock(home, async () => 'done')).toBe('done');
    expect(await withHomeLock(home, async () => 'again')).toBe('again');
    expect(await readdir(home)).toEqual(['services.lock.5']);
    expect(await findFreeLock(home)).toBe(5);
    await rm(home, { recursive: true });
  });

  it('is taken over by one of those who have found the same stale lock', async () => {
    const home = await staleHome();
    const found = await Promise.all([1, 2, 3].map(() => findFreeLock(home)));
    expect(found).toEqual([3, 3, 3]);
    const taken = await Promise.all(found.map((free) => takeLockAfter(home, free ?? 0)));
    expect(taken.filter((file) => file !== null)).toEqual([join(home, 'services.lock.4')]);
    expect(await findFreeLock(home)).toBeNull();
    await rm(home, { recursive: true });
  });

  it('is not taken by one who found it stale long ago, whatever has become of it since', async () => {
    const home = await staleHome();
    const free = (await findFreeLock(home)) ?? 0;
    await withHomeLock(home, async () => {
      expect(await takeLockAfter(home, free)).toBeNull();
      expect(await findFreeLock(home)).toBeNull();
    });
    await withHomeLock(home, async () => {
      // The number that he wants is gone, and there is a later one.
      expect(await takeLockAfter(home, free)).toBeNull();
      expect(await findFreeLock(home)).toBeNull();
    });
    await rm(home, { recursive: true });
  });

  it('lets one work at a time, also when many wait for the same stale lock', async () => {
    const home = await staleHome();
    let working = 0;
    let most = 0;
    const work = async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise((resolve) => setImmediate(resolve));
      working -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withHomeLock(home, work)));
    expect(most).toBe(1);
    await rm(home, { recursive: true });
  });

  it('ends the wait when it is told to, and leaves the lock to its holder', async () => {
    const home = await staleHome();
    const stop = new AbortController();
    await withHomeLock(home, async () => {
      const waiting = withHomeLock(home, async () => 'never', stop.signal);
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(await findFreeLock(home)).toBeNull();
    });
    await rm(home, { recursive: true });
  });
});
