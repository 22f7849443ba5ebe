import type { CsvReading } from '../../common/csv/csv-rows.js';
import { readCsv } from '../../common/csv/read-csv.js';
import { TidewatchError } from '../../common/errors.js';
import { type WriteRow, writeCsvFile } from '../csv-writer.js';
import { readModelFile } from '../model-file.js';
import { createRowExplainer, type RowExplainer } from './core.js';

export interface ExplainFileOptions {
  /** Path of a model as JSON. */
  readonly model: string;
  /** Path of a .csv or .csv.gz file. */
  readonly input: string;
  /** Path of the file that is written: score, expected_value, one column per feature. */
  readonly out: string;
  /** Column that is no feature; null for none. */
  readonly labelColumn: string | null;
  /** Once it is aborted, an unfinished file is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** What was explained. */
export interface ExplainSummary {
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  readonly features: readonly string[];
  readonly expectedValue: number;
  /** Largest |expected value + sum of the SHAP values - path length|, edges. */
  readonly additivityGap: number;
}

/** Explains every row of a file. Throws BAD_CSV, BAD_INPUT, BAD_MODEL, FILE_UNREADABLE, FILE_UNWRITABLE. */
export async function explainFile(options: ExplainFileOptions): Promise<ExplainSummary> {
  const model = await readModelFile(options.model);
  const readings = readCsv(options.input, options.labelColumn);
  const first = await readings.next();
  if (first.done === true) throw noRows();
  const explainer = createRowExplainer({ model, columnsInFile: first.value.columnsInFile });
  const header = ['score', 'expected_value', ...explainer.names];
  const written = await writeCsvFile({ path: options.out, header, signal: options.signal }, (write) =>
    explainRows(explainer, { first: first.value, readings, write }),
  );
  return {
    model: model.model,
    version: model.version,
    ...written,
    features: explainer.names,
    additivityGap: explainer.additivityGap(),
  };
}

interface RowsToExplain {
  readonly first: CsvReading;
  /** The rows after it. */
  readonly readings: AsyncIterable<CsvReading>;
  readonly write: WriteRow;
}

async function explainRows(explainer: RowExplainer, { first, readings, write }: RowsToExplain) {
  let rows = 0;
  let expectedValue = 0;
  const explain = async (reading: CsvReading): Promise<void> => {
    const explained = explainer.explain(reading);
    await write([explained.score, explained.expectedValue, ...explained.shap]);
    expectedValue = explained.expectedValue;
    rows += 1;
  };
  await explain(first);
  for await (const reading of readings) await explain(reading);
  return { rows, expectedValue };
}

function noRows(): TidewatchError {
  return new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: 'explaining rows: the file has a header and no row',
  });
}
