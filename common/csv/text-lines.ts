import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { messageOf, TidewatchError } from '../errors.js';

/** One line of a file that is not blank. */
export interface TextLine {
  /** Number of the line, from 1. */
  readonly number: number;
  readonly text: string;
  /** Bytes of the file (as it lies on the disk) that were read so far. */
  readonly bytesRead: number;
}

/** Returns the size of a file, bytes. Throws FILE_UNREADABLE. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Yields the lines of a text file, unpacked when its name ends in .gz; blank ones are passed over. Throws FILE_UNREADABLE. */
export async function* textLines(path: string): AsyncGenerator<TextLine> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A stream that fails before it is piped would leave its reader waiting for ever.
  file.on('error', (error) => bytes.destroy(error));
  let number = 0;
  try {
    for await (const text of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (text.trim() !== '') yield { number, text, bytesRead: file.bytesRead };
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    file.destroy();
  }
}

function unreadable(path: string, error: unknown): TidewatchError {
  return new TidewatchError({
    code: 'FILE_UNREADABLE',
    retriable: false,
    message: `reading ${path}: ${messageOf(error)}`,
    cause: error,
    facts: { path },
  });
}
