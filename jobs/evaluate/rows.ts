import type { CsvReading, RowTimes } from '../../common/csv/csv-rows.js';
import { readCsv } from '../../common/csv/read-csv.js';
import { TidewatchError } from '../../common/errors.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { requireKnownMetrics } from '../known-metrics.js';
import { metricSpreads } from '../metric-spreads.js';
import { ownLabel, readLabels, requireLabels } from '../row-labels.js';
import type { EvaluateSettings } from './config.js';
import { chooseStretch, type Stretch } from './stretch.js';

/** The rows of an evaluation. */
export interface EvaluationRows {
  /** Rows that are disturbed and scored. */
  readonly rows: readonly CsvReading[];
  /** Their labels, 0 or 1; null without a label column. */
  readonly labels: readonly number[] | null;
  /** Rows before them, for the windows to learn from. */
  readonly history: readonly CsvReading[];
  /** Standard deviation of each metric, of the training file or else of the unlabelled rows of the input. */
  readonly spreads: ReadonlyMap<string, number>;
  readonly inFile: number;
  readonly stretch: Stretch;
}

export interface EvaluationRowsOptions {
  readonly model: ModelVersion;
  readonly input: string;
  readonly train: string | null;
  readonly labels: string | null;
  readonly labelColumn: string | null;
  readonly times: RowTimes;
  readonly settings: EvaluateSettings;
}

/** Rows that make a history, and rows that make an evaluation. */
const LEAST_HISTORY = 100;
const LEAST_ROWS = 200;

/** Reads both files and chooses the rows. Throws BAD_CSV, BAD_INPUT, FILE_UNREADABLE, TOO_FEW_ROWS with the number that is missing. */
export async function readEvaluationRows(options: EvaluationRowsOptions): Promise<EvaluationRows> {
  const { settings, input, train, labelColumn, times } = options;
  const training = train === null ? [] : await readAll(train, labelColumn, times);
  const file = movedBehind(await readAll(input, labelColumn, times), training, times);
  const historyRows = Math.max(LEAST_HISTORY, settings.EVALUATE_HISTORY_ROWS);
  const before = training.length >= LEAST_HISTORY ? 0 : Math.min(historyRows, Math.floor(file.length / 3));
  requireEnough(file.length, before === 0 ? LEAST_ROWS : LEAST_ROWS + LEAST_HISTORY);
  requireKnownMetrics('evaluating a model', file[0]?.columns ?? [], options.model);
  requireOrder(input, file);
  const labels =
    options.labels === null ? labelsOf(file) : requireLabels(await readLabels(options.labels), file.length);
  const stretch = chooseStretch({
    rows: file.length,
    labels,
    limit: settings.EVALUATE_MAX_ROWS,
    before,
  });
  const history = [...training, ...file.slice(0, stretch.from)].slice(-historyRows);
  return {
    rows: file.slice(stretch.from, stretch.to),
    labels: labels?.slice(stretch.from, stretch.to) ?? null,
    history,
    spreads: metricSpreads(train === null ? file.filter((_, row) => labels?.[row] !== 1) : training),
    inFile: file.length,
    stretch,
  };
}

async function readAll(path: string, labelColumn: string | null, times: RowTimes): Promise<CsvReading[]> {
  const rows: CsvReading[] = [];
  for await (const reading of readCsv(path, labelColumn, times)) rows.push(reading);
  return rows;
}

function requireEnough(rows: number, least: number): void {
  if (rows >= least) return;
  throw new TidewatchError({
    code: 'TOO_FEW_ROWS',
    retriable: false,
    message: `evaluating a model: ${rows} rows of ${least}, ${least - rows} are missing`,
    facts: { missing: least - rows },
  });
}

/** Throws BAD_INPUT for a file that is mostly older than what stands before: nothing is learnt from late rows, and figures of them mean nothing. */
function requireOrder(path: string, rows: readonly CsvReading[]): void {
  let newest = Number.NEGATIVE_INFINITY;
  let late = 0;
  for (const { timestamp } of rows) {
    if (timestamp < newest) late += 1;
    newest = Math.max(newest, timestamp);
  }
  if (late <= rows.length / 2) return;
  throw new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: `evaluating a model: ${late} of ${rows.length} rows of ${path} are older than one before them: sort it by time`,
    facts: { late, rows: rows.length },
  });
}

function labelsOf(rows: readonly CsvReading[]): readonly number[] | null {
  const labels = rows.flatMap((row) => ownLabel(row) ?? []);
  return labels.length === rows.length ? labels : null;
}

/** An input whose times begin before the training file's end was cut from another series: it is moved behind it, as in a backtest, else every row would be late. */
function movedBehind(
  file: readonly CsvReading[],
  training: readonly CsvReading[],
  { intervalMs }: RowTimes,
): readonly CsvReading[] {
  const newest = training.reduce(
    (latest, { timestamp }) => Math.max(latest, timestamp),
    Number.NEGATIVE_INFINITY,
  );
  const first = file[0]?.timestamp ?? 0;
  if (first > newest) return file;
  const shift = newest + intervalMs - first;
  return file.map((row) => ({ ...row, timestamp: row.timestamp + shift }));
}
