import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { messageOf, TidewatchError } from '../errors.js';
import { type CsvReading, createCsvParser, type RowTimes } from './csv-rows.js';

/**
 * Yields the readings of a .csv or .csv.gz file; blank lines are passed over. `labelColumn` is no metric, `times` are those of a file
 * without a timestamp column (default: one row a minute from 1970 on). Throws a TidewatchError: BAD_CSV with the line, FILE_UNREADABLE.
 */
export async function* readCsv(
  path: string,
  labelColumn: string | null,
  times?: RowTimes,
): AsyncGenerator<CsvReading> {
  const parse = createCsvParser(labelColumn, times);
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A stream that fails before it is piped would leave its reader waiting for ever.
  file.on('error', (error) => bytes.destroy(error));
  let line = 0;
  try {
    for await (const text of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() === '') continue;
      const parsed = parse(text);
      if (parsed.kind === 'reading') yield parsed.reading;
      else if (parsed.kind === 'problem') throw badCsv(parsed.reason, line);
    }
  } catch (error) {
    if (error instanceof TidewatchError) throw error;
    throw new TidewatchError({
      code: 'FILE_UNREADABLE',
      retriable: false,
      message: `reading CSV: ${messageOf(error)}`,
      cause: error,
      facts: { path, line },
    });
  } finally {
    file.destroy();
  }
  if (line === 0) throw badCsv('the file is empty', 1);
}

function badCsv(reason: string, line: number): TidewatchError {
  return new TidewatchError({
    code: 'BAD_CSV',
    retriable: false,
    message: `reading CSV: line ${line}: ${reason}`,
    facts: { line },
  });
}
