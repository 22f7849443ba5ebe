import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf, TidewatchError } from '../common/errors.js';

/** One cell: a text, a number with every digit that it needs, nothing. */
export type Cell = string | number | null;

/** Writes a CSV file row by row, waiting where the disk is slower. */
export interface CsvWriter {
  /** Throws FILE_UNWRITABLE. */
  write(cells: readonly Cell[]): Promise<void>;
  /** Resolves when the file is complete. Throws FILE_UNWRITABLE. */
  close(): Promise<void>;
}

/** Creates or replaces a file, compressed when its name ends in .gz, and writes the header. Numbers are written with every digit that they need. */
export async function createCsvWriter(path: string, header: readonly string[]): Promise<CsvWriter> {
  const file = createWriteStream(path);
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
  const write = async (cells: readonly Cell[]): Promise<void> => {
    if (file.errored !== null) throw unwritable(path, file.errored);
    if (!sink.write(`${cells.map(cellText).join(',')}\n`))
      await guarded(Promise.race([once(sink, 'drain'), written]));
  };
  await guarded(once(file, 'open'));
  await write(header);
  return {
    write,
    close: () => {
      sink.end();
      return guarded(written);
    },
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
