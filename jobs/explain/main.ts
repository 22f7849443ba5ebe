import { readCsv } from '../../common/csv/read-csv.js';
import { TidewatchError } from '../../common/errors.js';
import { type CsvWriter, createCsvWriter } from '../csv-writer.js';
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
  let explainer: RowExplainer | null = null;
  let writer: CsvWriter | null = null;
  let rows = 0;
  let expectedValue = 0;
  for await (const reading of readCsv(options.input, options.labelColumn)) {
    explainer ??= createRowExplainer({ model, columnsInFile: reading.columnsInFile });
    const explained = explainer.explain(reading);
    writer ??= await createCsvWriter(options.out, ['score', 'expected_value', ...explainer.names]);
    await writer.write([explained.score, explained.expectedValue, ...explained.shap]);
    expectedValue = explained.expectedValue;
    rows += 1;
  }
  if (explainer === null || writer === null) throw noRows();
  await writer.close();
  return {
    model: model.model,
    version: model.version,
    rows,
    features: explainer.names,
    expectedValue,
    additivityGap: explainer.additivityGap(),
  };
}

function noRows(): TidewatchError {
  return new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: 'explaining rows: the file has a header and no row',
  });
}
