import type { CsvReading } from '../../common/csv/csv-rows.js';
import { TidewatchError } from '../../common/errors.js';

/** Which column of a file each feature of a forest reads. */
export interface FeatureColumns {
  /** Names shown for the features, in their order. */
  readonly names: readonly string[];
  /** Columns that they read. */
  readonly columns: readonly string[];
}

/**
 * Returns the columns of the features: by name where the file has them all; else, when the forest came without names (`isUnnamed`), by
 * their order in the file. Throws BAD_INPUT for columns that are missing.
 */
export function bindColumns(
  features: readonly string[],
  columnsInFile: readonly string[],
  isUnnamed: boolean,
): FeatureColumns {
  const missing = features.filter((name) => !columnsInFile.includes(name));
  if (missing.length === 0) return { names: features, columns: features };
  if (isUnnamed && columnsInFile.length === features.length)
    return { names: columnsInFile, columns: columnsInFile };
  const what = isUnnamed
    ? `the forest has ${features.length} features without names, the file ${columnsInFile.length} columns`
    : `the file lacks ${missing.length} of the model's columns: ${missing.slice(0, 5).join(', ')}`;
  throw badInput(what);
}

/** Returns the values of the columns in a row. Throws BAD_INPUT when one is missing: a forest of raw values has nothing to put there. */
export function valuesOf(reading: CsvReading, columns: readonly string[]): number[] {
  return columns.map((column) => {
    const value = reading.values[reading.metrics.indexOf(column)];
    if (value !== undefined) return value;
    throw badInput(`row ${reading.row} has no number in column ${column}`);
  });
}

function badInput(reason: string): TidewatchError {
  return new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: `explaining rows: ${reason}`,
  });
}
