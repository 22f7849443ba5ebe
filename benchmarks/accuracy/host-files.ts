import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsv } from '../../common/csv/read-csv.js';
import { type InterpretedIncident, parseInterpretation } from '../../detection/evaluation/interpretation.js';
import { readLabels } from '../../jobs/row-labels.js';

/** A collection of labelled hosts. */
export interface HostCollection {
  readonly name: 'smd' | 'asd';
  /** Time from row to row, ms. */
  readonly intervalMs: number;
  /** How its interpretation files end a range: `interpretation.ts`. */
  readonly endIncluded: boolean;
}

export const HOST_COLLECTIONS: readonly HostCollection[] = [
  { name: 'smd', intervalMs: 60_000, endIncluded: false },
  { name: 'asd', intervalMs: 300_000, endIncluded: true },
];

/** One labelled host. */
export interface HostFiles {
  readonly name: string;
  readonly train: string;
  readonly test: string;
  /** 0 or 1 per row of the test file. */
  readonly labels: readonly number[];
  /** In order; `metrics` are places in `columns`. */
  readonly incidents: readonly InterpretedIncident[];
  /** Metrics in the order of the files. */
  readonly columns: readonly string[];
}

/** Returns the names of the hosts of a collection's folder, sorted. Throws when there is no such folder. */
export async function hostNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Reads what is known of a host. Throws BAD_CSV, BAD_INPUT, FILE_UNREADABLE, and a RangeError for a bad interpretation. */
export async function readHost(
  folder: string,
  name: string,
  { endIncluded }: HostCollection,
): Promise<HostFiles> {
  const path = (file: string): string => join(folder, name, file);
  const test = path('test.csv.gz');
  const columns = await columnsOf(test);
  const interpretation = await readFile(path('interpretation.txt'), 'utf8');
  return {
    name,
    train: path('train.csv.gz'),
    test,
    labels: await readLabels(path('labels.csv.gz')),
    incidents: parseInterpretation(interpretation, { metrics: columns.length, endIncluded }),
    columns,
  };
}

async function columnsOf(path: string): Promise<readonly string[]> {
  for await (const { columnsInFile } of readCsv(path, null)) return columnsInFile;
  return [];
}
