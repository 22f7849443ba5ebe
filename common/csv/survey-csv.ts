import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { messageOf, TidewatchError } from '../errors.js';
import type { CsvReading, RowTimes } from './csv-rows.js';
import { readCsv } from './read-csv.js';

/** What a file holds, after one pass over all of it. */
export interface CsvSurvey {
  readonly rows: number;
  /** Metric columns, sorted. */
  readonly columns: readonly string[];
  /** Time of the first row, and the newest of all, ms. */
  readonly firstTime: number;
  readonly newestTime: number;
}

/**
 * Reads a whole file before anything is done with it, so that a bad line is refused first. `check` sees every row.
 * Throws BAD_CSV, FILE_UNREADABLE, and BAD_INPUT for a file without rows. O(bytes).
 */
export async function surveyCsv(
  path: string,
  labelColumn: string | null,
  times: RowTimes,
  check: (reading: CsvReading) => void = () => undefined,
): Promise<CsvSurvey> {
  let first: CsvReading | null = null;
  let rows = 0;
  let newestTime = Number.NEGATIVE_INFINITY;
  for await (const reading of readCsv(path, labelColumn, times)) {
    first ??= reading;
    rows += 1;
    newestTime = Math.max(newestTime, reading.timestamp);
    check(reading);
  }
  if (first === null)
    throw new TidewatchError({
      code: 'BAD_INPUT',
      retriable: false,
      message: `reading ${path}: the file has a header and no row`,
    });
  return { rows, columns: first.columns, firstTime: first.timestamp, newestTime };
}

/** Returns the SHA-256 of a file's bytes and of the texts after them, hexadecimal. Throws FILE_UNREADABLE. */
export async function fileDigest(path: string, texts: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk as Buffer);
    });
  } catch (error) {
    throw new TidewatchError({
      code: 'FILE_UNREADABLE',
      retriable: false,
      message: `reading ${path}: ${messageOf(error)}`,
      cause: error,
    });
  }
  hash.update(JSON.stringify(texts));
  return hash.digest('hex');
}
