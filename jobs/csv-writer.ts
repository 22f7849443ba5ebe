import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf, TidewatchError } from '../common/errors.js';
import { type PendingFile, pendingFile } from './pending-file.js';

/** One cell: a text, a number with every digit that it needs, nothing. */
export type Cell = string | number | null;

/** Writes one row, waiting where the disk is slower. Rejects with FILE_UNWRITABLE. */
export type WriteRow = (cells: readonly Cell[]) => Promise<void>;

/** A CSV file to write. */
export interface CsvFile {
  /** Compressed when it ends in .gz. */
  readonly path: string;
  readonly header: readonly string[];
  /** Once it is aborted, what was written so far is gone; unset: nobody will end the job early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates or replaces a CSV file with the rows that `fill` writes, and returns what `fill` does. The file appears when it is complete: whatever
 * goes wrong before, and whoever ends the job, the file that was there stays. Rejects with FILE_UNWRITABLE, and with what `fill` does.
 */
export async function writeCsvFile<T>(
  { path, header, signal }: CsvFile,
  fill: (write: WriteRow) => Promise<T>,
): Promise<T> {
  const pending = await pendingFile(path);
  const discard = (): void => pending.discard();
  signal?.addEventListener('abort', discard, { once: true });
  let rows: OpenRows | null = null;
  try {
    rows = await openRows(pending, path);
    await rows.write(header);
    const result = await fill(rows.write);
    await rows.close();
    return result;
  } catch (error) {
    rows?.destroy();
    discard();
    throw error;
  } finally {
    signal?.removeEventListener('abort', discard);
  }
}

interface OpenRows {
  readonly write: WriteRow;
  /** Resolves when the file is complete and has its name. */
  close(): Promise<void>;
  destroy(): void;
}

async function openRows(pending: PendingFile, path: string): Promise<OpenRows> {
  const file = createWriteStream(pending.path, { flags: pending.flags, mode: pending.mode });
  const sink: Writable = path.endsWith('.gz') ? createGzip() : file;
  if (sink !== file) sink.pipe(file);
  const written = finished(file);
  written.catch(() => undefined);
  const guarded = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  await guarded(once(file, 'open'));
  return {
    write: async (cells) => {
      if (file.errored !== null) throw unwritable(path, file.errored);
      if (!sink.write(`${cells.map(cellText).join(',')}\n`))
        await guarded(Promise.race([once(sink, 'drain'), written]));
    },
    close: () => {
      sink.end();
      return guarded(written.then(() => pending.keep()));
    },
    destroy: () => file.destroy(),
  };
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function unwritable(path: string, error: unknown): TidewatchError {
  return new TidewatchError({
    code: 'FILE_UNWRITABLE',
    retriable: false,
    message: `writing ${path}: ${messageOf(error)}`,
    cause: error,
  });
}
