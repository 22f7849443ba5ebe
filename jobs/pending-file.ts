import { existsSync, rmSync } from 'node:fs';
import { realpath, rename, stat } from 'node:fs/promises';

/** A file that gets its name once it is complete: whoever ends a job in the middle leaves what was there before. */
export interface PendingFile {
  /** Where to write. */
  readonly path: string;
  /** Rights that the file gets: those of the one that it replaces, else the usual ones. */
  readonly mode: number;
  /** Gives the file its name. Rejects with what the file system says. */
  keep(): Promise<void>;
  /** Removes what was written so far. Synchronous, because the process may be about to end. */
  discard(): void;
}

/** Before the user's mask. */
const USUAL_MODE = 0o666;

/**
 * Returns a file beside the one that is named, `<name>.partial`; of a link, beside what it leads to. A device or a pipe is written to as it is:
 * nothing can be put in its place.
 */
export async function pendingFile(path: string): Promise<PendingFile> {
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(() => null);
  const mode = known === null ? USUAL_MODE : known.mode;
  if (known?.isFile() === false)
    return { path, mode, keep: () => Promise.resolve(), discard: () => undefined };
  const partial = `${target}.partial`;
  return {
    path: partial,
    mode,
    keep: () => rename(partial, target),
    discard: () => {
      if (existsSync(partial)) rmSync(partial);
    },
  };
}
