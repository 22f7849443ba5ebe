import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { chmod, realpath, rename, stat } from 'node:fs/promises';

/** A file that gets its name once it is complete: whoever ends a job in the middle leaves what was there before. */
export interface PendingFile {
  /** Where to write. */
  readonly path: string;
  /** How to open it: a new file (`wx`), or what is there (`w`). */
  readonly flags: 'w' | 'wx';
  /** Rights to open it with, so that nobody may read what he could not read before. */
  readonly mode: number;
  /** Gives the file its name, and the rights of the one that it replaces. Rejects with what the file system says. */
  keep(): Promise<void>;
  /** Removes what was written so far. Synchronous, because the process may be about to end. */
  discard(): void;
}

/** Before the user's mask. */
const USUAL_MODE = 0o666;
const RIGHTS = 0o777;

/**
 * Returns a new file beside the one that is named, `<name>.<eight digits>.partial`, so that of two jobs with one output the last to end leaves
 * its own, whole; of a link, beside what it leads to. A device or a pipe is written to as it is: nothing can be put in its place.
 */
export async function pendingFile(path: string): Promise<PendingFile> {
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(() => null);
  const mode = known === null ? USUAL_MODE : known.mode & RIGHTS;
  if (known?.isFile() === false)
    return { path, flags: 'w', mode, keep: () => Promise.resolve(), discard: () => undefined };
  const partial = `${target}.${randomUUID().slice(0, 8)}.partial`;
  return {
    path: partial,
    flags: 'wx',
    mode,
    keep: async () => {
      // The user's mask has taken some of them from the new file.
      if (known !== null) await chmod(partial, mode);
      await rename(partial, target);
    },
    discard: () => {
      if (existsSync(partial)) rmSync(partial);
    },
  };
}
