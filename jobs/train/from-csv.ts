import type { CsvReading } from '../../common/csv/csv-rows.js';
import { compactRow } from '../compact-row.js';
import { ownLabel } from '../row-labels.js';
import { createRowKeeper, isTrainable, type TrainingRow } from '../training-row.js';
import type { SharedTraining } from './core.js';
import { readCsvRows } from './csv-source.js';
import { readingsIn, USUAL_MEMORY } from './memory.js';
import { ReferenceSupply } from './reference-supply.js';
import { createRowBudget } from './row-budget.js';
import { type GroupTraining, type SearchPlan, trainSearched } from './searched.js';
import { createSeriesRoom } from './series-room.js';

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

/**
 * Trains on the rows of a CSV file. Whatever its length, it holds the newest rows that the training may use, and the readings for its drift
 * references. Throws BAD_CSV, FILE_UNREADABLE, BAD_INPUT for a label that is not 0 or 1, BAD_MODEL.
 */
export async function trainFromCsv(options: CsvTrainingOptions): Promise<GroupTraining> {
  const { training, created, search } = options;
  const { keeper, supply, seen } = await readRows(options);
  const rows = keeper.rows();
  const group = options.group ?? rows[0]?.group ?? 'csv';
  supply.build(Number.POSITIVE_INFINITY);
  const { references } = supply.take();
  const labelled = rows.map(({ label, ...row }) => ({ row, label }));
  return trainSearched(labelled, { ...training, group, parent: null, created, references, seen }, search);
}

interface LabelledTrainingRow extends TrainingRow {
  readonly label: number | null;
}

async function readRows(options: CsvTrainingOptions) {
  const { maximumRows, drift, memory = USUAL_MEMORY } = options.training;
  const keeper = createRowKeeper<LabelledTrainingRow>(maximumRows);
  const budget = createRowBudget(readingsIn(memory.rows), () => [keeper]);
  const supply = new ReferenceSupply(drift, createSeriesRoom(memory.references, drift));
  const seen = { rows: 0, late: 0 };
  let label: number | null = null;
  const source = {
    ...options,
    host: 'csv',
    baselineMaxAgeMs: NEVER_STALE,
    onReading: (reading: CsvReading) => {
      label = options.search === null ? null : ownLabel(reading);
    },
  };
  for await (const row of readCsvRows(source)) {
    seen.rows += 1;
    if (row.late) seen.late += 1;
    supply.observe(row);
    if (isTrainable(row)) budget.add({ ...compactRow(row), label }, keeper);
  }
  return { keeper, supply, seen };
}
