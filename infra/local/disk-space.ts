import { mkdir, statfs } from 'node:fs/promises';
import { TidewatchError } from '../../common/errors.js';

/** Below this a service is not started: Kafka stops for good when a segment cannot be written. */
export const MINIMUM_FREE_BYTES = 512 * 1024 * 1024;

/** Returns the bytes that an ordinary user may still write on the file system of an existing path. */
export async function freeBytesOf(path: string): Promise<number> {
  const stats = await statfs(path);
  return stats.bavail * stats.bsize;
}

/** Makes the folder and throws DISK_FULL when its file system has less than {@link MINIMUM_FREE_BYTES}. */
export async function requireDiskSpace(
  folder: string,
  service: string,
  freeBytes: (path: string) => Promise<number>,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOSPC')
      throw diskFull(service, folder, error);
    throw error;
  }
  const free = await freeBytes(folder);
  if (free < MINIMUM_FREE_BYTES) throw diskFull(service, folder);
}

/** Returns whether a server's own words say that the disk is full (the C library's message for ENOSPC). */
export function saysDiskFull(text: string): boolean {
  return /no space left on device|ENOSPC|disk quota exceeded/i.test(text);
}

/** Returns the refusal for a full disk. */
export function diskFull(service: string, folder: string, cause?: unknown): TidewatchError {
  return new TidewatchError({
    code: 'DISK_FULL',
    message: `starting ${service}: the disk that holds ${folder} has less than ${MINIMUM_FREE_BYTES / 2 ** 20} MiB free; free some space or set TIDEWATCH_HOME to a folder on another disk`,
    retriable: false,
    cause,
    facts: { service, folder },
  });
}
