import { createCsvParser, type RowTimes } from '../../common/csv/csv-rows.js';
import { badCsv } from '../../common/csv/read-csv.js';
import { fileSize, textLines } from '../../common/csv/text-lines.js';
import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import type { Validation } from './core.js';

export interface CsvValidationSource {
  /** Path of a .csv or .csv.gz file. */
  readonly path: string;
  /** Column that is no metric; null for none. */
  readonly labelColumn: string | null;
  /** Name that its rows get as their host. */
  readonly host: string;
  /** Times of rows that have none. */
  readonly times: RowTimes;
  readonly progress: ProgressOutput;
}

/**
 * Hands the rows of a file to a validation, those that cannot be read included; returns whether the file has times of its own.
 * Every column is a metric that every row shall have. Throws FILE_UNREADABLE, and BAD_CSV for a header with which no row can be read.
 */
export async function validateCsv(source: CsvValidationSource, validation: Validation): Promise<boolean> {
  const { path, labelColumn, host, times } = source;
  const parse = createCsvParser(labelColumn, times);
  const bar = createProgressBar(source.progress, 'reading', await fileSize(path));
  let lines = 0;
  let isFirst = true;
  let hasTimes = false;
  for await (const { number, text, bytesRead } of textLines(path)) {
    const parsed = parse(text);
    const place = `line ${number}`;
    if (parsed.kind === 'problem') {
      if (lines === 0) throw badCsv(path, number, parsed.reason);
      validation.unreadable(place, parsed.reason);
    } else if (parsed.kind === 'reading') {
      const { timestamp, metrics, values, timeText, columns } = parsed.reading;
      if (isFirst) validation.expect(host, columns);
      isFirst = false;
      hasTimes = timeText !== null;
      validation.take({ place, host, timestamp, metrics, values });
    }
    lines += 1;
    bar.show(bytesRead);
  }
  bar.end();
  if (lines === 0) throw badCsv(path, 1, 'the file is empty');
  return hasTimes;
}
