import { ownLabel } from '../row-labels.js';
import { compactRow } from './compact-row.js';
import type { SharedTraining } from './core.js';
import { readCsvRows } from './csv-source.js';
import { driftReferences } from './drift-references.js';
import type { LabelledRow } from './judge.js';
import { type GroupTraining, type SearchPlan, trainSearched } from './searched.js';

export interface CsvTrainingOptions {
  readonly path: string;
  /** Column that is the label of a row (0 or 1), not a metric; null for none. */
  readonly labelColumn: string | null;
  readonly group: string | null;
  readonly training: SharedTraining;
  readonly created: number;
  /** null: the settings' own parameters. */
  readonly search: SearchPlan | null;
}

/** A published baseline of a file is never stale: the file's own time is all there is. */
const NEVER_STALE = Number.MAX_SAFE_INTEGER;

/** Trains on the rows of a CSV file. Throws BAD_CSV, FILE_UNREADABLE, BAD_INPUT for a label that is not 0 or 1, BAD_MODEL. */
export async function trainFromCsv(options: CsvTrainingOptions): Promise<GroupTraining> {
  const rows: LabelledRow[] = [];
  let label: number | null = null;
  const source = {
    ...options,
    host: 'csv',
    baselineMaxAgeMs: NEVER_STALE,
    onReading: (reading: Parameters<typeof ownLabel>[0]) => {
      label = options.search === null ? null : ownLabel(reading);
    },
  };
  // All rows of the file wait here, for the drift references: 5.6 kB a row of 38 metrics instead of 9.2.
  for await (const row of readCsvRows(source)) rows.push({ row: compactRow(row), label });
  const group = options.group ?? rows[0]?.row.group ?? 'csv';
  const own = rows.map(({ row }) => row);
  const references = driftReferences(own, options.training.drift);
  const { training, created, search } = options;
  return trainSearched(rows, { ...training, group, parent: null, created, references }, search);
}
