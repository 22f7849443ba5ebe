import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withHomeLock } from '../../../infra/local/home-lock.js';

/** PATH_MAX of Linux, bytes, the ending zero included. */
const LONGEST_PATH = 4_096;

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

  it('takes over the lock of a process that is gone', async () => {
    const home = await mkdtemp(join(tmpdir(), 'tidewatch-lock-'));
    await writeFile(join(home, 'services.lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'never' }));
    expect(await withHomeLock(home, async () => 'done')).toBe('done');
    await rm(home, { recursive: true });
  });
});
