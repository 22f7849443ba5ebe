import type { CsvReading } from '../common/csv/csv-rows.js';
import { readCsv } from '../common/csv/read-csv.js';
import { TidewatchError } from '../common/errors.js';

/** Column that holds the labels of a labels file, where there is one of this name; else its last column does. */
const LABEL = 'label';

/** Returns the labels of a file, 0 or 1 per row. Throws BAD_INPUT, BAD_CSV, FILE_UNREADABLE. */
export async function readLabels(path: string): Promise<number[]> {
  const labels: number[] = [];
  for await (const reading of readCsv(path, null)) labels.push(labelIn(reading, path));
  return labels;
}

function labelIn({ row, columnsInFile, metrics, values }: CsvReading, path: string): number {
  const column = columnsInFile.includes(LABEL) ? LABEL : (columnsInFile.at(-1) ?? '');
  return checkedLabel(row, values[metrics.indexOf(column)], path);
}

/** Returns the label of a row's own label column, null where the file has none. Throws BAD_INPUT for anything but 0 and 1. */
export function ownLabel({ row, label }: CsvReading): number | null {
  return label === null ? null : checkedLabel(row, label === '' ? undefined : Number(label), 'labels');
}

function checkedLabel(row: number, value: number | undefined, where: string): number {
  if (value === 0 || value === 1) return value;
  throw badLabels(where, `the label of row ${row} is not 0 or 1`);
}

/** Returns the labels when there is one per row. Throws BAD_INPUT. */
export function requireLabels(labels: readonly number[], rows: number): readonly number[] {
  if (labels.length === rows) return labels;
  throw badLabels('labels', `${labels.length} labels for ${rows} rows`);
}

function badLabels(where: string, reason: string): TidewatchError {
  return new TidewatchError({ code: 'BAD_INPUT', retriable: false, message: `reading ${where}: ${reason}` });
}
