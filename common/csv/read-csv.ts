import { TidewatchError } from '../errors.js';
import { type CsvReading, createCsvParser, type RowTimes } from './csv-rows.js';
import { textLines } from './text-lines.js';

/**
 * Yields the readings of a .csv or .csv.gz file; blank lines are passed over. `labelColumn` is no metric, `times` are those of a file
 * without a timestamp column (default: one row a minute from 1970 on). Throws a TidewatchError: BAD_CSV with file and line, FILE_UNREADABLE.
 */
export async function* readCsv(
  path: string,
  labelColumn: string | null,
  times?: RowTimes,
): AsyncGenerator<CsvReading> {
  const parse = createCsvParser(labelColumn, times);
  let isEmpty = true;
  for await (const { number, text } of textLines(path)) {
    isEmpty = false;
    const parsed = parse(text);
    if (parsed.kind === 'reading') yield parsed.reading;
    else if (parsed.kind === 'problem') throw badCsv(path, number, parsed.reason);
  }
  if (isEmpty) throw badCsv(path, 1, 'the file is empty');
}

/** Returns the refusal of a file for one of its lines, from 1. Commands take up to three files: the message names the one. */
export function badCsv(path: string, line: number, reason: string): TidewatchError {
  return new TidewatchError({
    code: 'BAD_CSV',
    retriable: false,
    message: `reading ${path}: line ${line}: ${reason}`,
    facts: { path, line },
  });
}
