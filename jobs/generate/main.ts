import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import { type WriteRow, writeCsvFile } from '../csv-writer.js';
import { writeReportFile } from '../model-file.js';
import type { GenerateSettings } from './config.js';
import { type GeneratedData, generate } from './core.js';

export interface GenerateOptions {
  readonly settings: GenerateSettings;
  /** Path of the data, .csv or .csv.gz. */
  readonly out: string;
  /** Path of the labels, .csv or .csv.gz; null for none. */
  readonly labels: string | null;
  /** Path of the list of incidents, JSON; null for none. */
  readonly incidents: string | null;
  readonly progress: ProgressOutput;
  /** Once it is aborted, unfinished files are gone. */
  readonly signal?: AbortSignal | undefined;
}

/** An incident as files and reports name it. */
export interface IncidentReport {
  readonly kind: string;
  readonly metrics: readonly string[];
  /** First and last row, from 0. */
  readonly fromRow: number;
  readonly toRow: number;
  /** Times of these rows, ms. */
  readonly from: number;
  readonly to: number;
}

/** What was written. */
export interface GenerateReport {
  readonly out: string;
  readonly seed: number;
  readonly rows: number;
  readonly metrics: readonly string[];
  /** Rows that lie in incidents. */
  readonly labelled: number;
  readonly incidents: readonly IncidentReport[];
}

/** Writes the data of the settings, their labels and the list of incidents. Throws TOO_FEW_ROWS, FILE_UNWRITABLE. */
export async function generateFiles(options: GenerateOptions): Promise<GenerateReport> {
  const { settings, out, incidents: path } = options;
  const data = generate(settings);
  const labelled = await writeRows(options, data);
  const report: GenerateReport = {
    out,
    seed: settings.GENERATE_SEED,
    rows: settings.GENERATE_ROWS,
    metrics: data.metrics,
    labelled,
    incidents: incidentReports(data, settings),
  };
  if (path !== null) await writeReportFile(path, report);
  return report;
}

function writeRows(options: GenerateOptions, data: GeneratedData): Promise<number> {
  const { out, labels, signal } = options;
  return writeCsvFile({ path: out, header: ['timestamp', ...data.metrics], signal }, (write) =>
    labels === null
      ? fillRows(options, data, { write, label: () => Promise.resolve() })
      : writeCsvFile({ path: labels, header: ['timestamp', 'label'], signal }, (label) =>
          fillRows(options, data, { write, label }),
        ),
  );
}

/** Returns how many rows lie in incidents. */
async function fillRows(
  { settings, progress }: GenerateOptions,
  data: GeneratedData,
  { write, label }: { readonly write: WriteRow; readonly label: WriteRow },
): Promise<number> {
  const bar = createProgressBar(progress, 'generating', settings.GENERATE_ROWS);
  let labelled = 0;
  for (const { row, timestamp, values, isIncident } of data.rows()) {
    await write([timestamp, ...values]);
    await label([timestamp, Number(isIncident)]);
    if (isIncident) labelled += 1;
    bar.show(row + 1);
  }
  bar.end();
  return labelled;
}

function incidentReports({ incidents }: GeneratedData, settings: GenerateSettings): IncidentReport[] {
  const timeOf = (row: number) => settings.GENERATE_START_MS + row * settings.GENERATE_INTERVAL_MS;
  return incidents.map(({ kind, from, to, effects }) => ({
    kind,
    metrics: effects.map(({ form }) => form.name),
    fromRow: from,
    toRow: to - 1,
    from: timeOf(from),
    to: timeOf(to - 1),
  }));
}
