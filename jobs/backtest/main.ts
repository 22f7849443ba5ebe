import type { RowTimes } from '../../common/csv/csv-rows.js';
import { readCsv } from '../../common/csv/read-csv.js';
import { type CsvSurvey, surveyCsv } from '../../common/csv/survey-csv.js';
import { TidewatchError } from '../../common/errors.js';
import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import type { AdaptiveThresholdSettings } from '../../detection/consensus/adaptive-threshold.js';
import { groupOf } from '../../detection/series/group.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import { type WriteRow, writeCsvFile } from '../csv-writer.js';
import { requireKnownMetrics } from '../known-metrics.js';
import type { LiveSteps } from '../live-steps.js';
import { writeReportFile } from '../model-file.js';
import { ownLabel, readLabels, requireLabels } from '../row-labels.js';
import { type Backtest, createBacktest, type RowVerdict } from './core.js';
import { backtestQuality } from './quality.js';
import { type BacktestReport, modelReport } from './report.js';
import { createColumnKeeper, VERDICT_HEADER, verdictCells } from './verdict-rows.js';

export interface BacktestFileOptions {
  readonly steps: LiveSteps;
  /** Paths of .csv or .csv.gz files; null for none. */
  readonly train: string | null;
  readonly input: string;
  readonly labels: string | null;
  /** Column of the files that is no metric; null for none. */
  readonly labelColumn: string | null;
  /** Path of the verdicts file. */
  readonly out: string;
  /** Path of the report, JSON; null for none. */
  readonly report: string | null;
  /** A trained model, to score by it instead of training; null for none. */
  readonly model: ModelVersion | null;
  /** Group of the rows; null = the model's, else the fingerprint of the columns. */
  readonly group: string | null;
  /** Times of rows that have none. */
  readonly times: RowTimes;
  readonly alarm: AdaptiveThresholdSettings;
  /** Newest rows that a training uses. */
  readonly trainingRows: number;
  readonly progress: ProgressOutput;
  /** A clock that only goes forward, milliseconds: for the report alone. */
  readonly monotonicNow: () => number;
  /** Once it is aborted, an unfinished file is gone. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a file through window and score and writes one verdict per row. With a training file, its rows are the history that the windows and
 * the model learn from; without one, and without a model, the stream trains its own as it goes.
 * Throws BAD_CSV, BAD_INPUT, BAD_MODEL, FILE_UNREADABLE, FILE_UNWRITABLE, TOO_FEW_ROWS.
 */
export async function backtestFile(options: BacktestFileOptions): Promise<BacktestReport> {
  const started = options.monotonicNow();
  const labelsFile = options.labels === null ? null : await readLabels(options.labels);
  const history =
    options.train === null ? null : await surveyCsv(options.train, options.labelColumn, options.times);
  const times = timesAfter(history, options.times);
  const input = await surveyCsv(options.input, options.labelColumn, times, (reading) => ownLabel(reading));
  const shiftMs = shiftAfter(history, input, times);
  if (labelsFile !== null) requireLabels(labelsFile, input.rows);
  if (options.model !== null) requireKnownMetrics('backtesting a model', input.columns, options.model);
  else if (history !== null) requireSharedColumns(input, history);

  const backtest = createBacktest({
    ...options,
    identity: {
      host: 'backtest',
      group: options.group ?? options.model?.group ?? groupOf({}, input.columns),
      replayId: 'backtest',
    },
    trainsItself: options.model === null && options.train === null,
  });
  await prepare(options, backtest, history);
  const { keeper, labels, late } = await run(options, backtest, { input, times, shiftMs });
  const seconds = (options.monotonicNow() - started) / 1000;
  const judged = labelsFile ?? labels;
  const rowsPerDay = DAY_MS / Math.max(1, (input.newestTime - input.firstTime) / Math.max(1, input.rows - 1));
  const report: BacktestReport = {
    input: options.input,
    rows: input.rows,
    metrics: input.columns.length,
    anomalies: sum(keeper.columns.isAnomaly),
    alarms: sum(keeper.columns.alarm),
    late,
    shiftMs,
    seconds,
    models: backtest.models().map(modelReport),
    quality: judged === null ? null : backtestQuality(judged, keeper.columns, rowsPerDay),
  };
  if (options.report !== null) await writeReportFile(options.report, report);
  return report;
}

const DAY_MS = 86_400_000;

/** Throws BAD_INPUT for files without one metric in common: everything in the second would be new, and its verdicts noise. */
function requireSharedColumns(input: CsvSurvey, history: CsvSurvey): void {
  if (input.columns.some((column) => history.columns.includes(column))) return;
  const [own, learnt] = [input, history].map(({ columns }) => columns.slice(0, 5).join(', '));
  throw new TidewatchError({
    code: 'BAD_INPUT',
    retriable: false,
    message: `backtesting: --train and --input have no metric in common (${learnt}; ${own})`,
  });
}

/** A file without times goes on where the training file ends. */
function timesAfter(history: CsvSurvey | null, times: RowTimes): RowTimes {
  return history === null ? times : { ...times, startMs: history.newestTime + times.intervalMs };
}

/** A test file whose times begin before the history's end was cut from another series: it is moved behind it, else every row would be late. */
function shiftAfter(history: CsvSurvey | null, input: CsvSurvey, { startMs }: RowTimes): number {
  return history === null || input.firstTime > history.newestTime ? 0 : startMs - input.firstTime;
}

async function prepare(
  { train, labelColumn, times, model, progress }: BacktestFileOptions,
  backtest: Backtest,
  history: CsvSurvey | null,
): Promise<void> {
  if (train !== null && history !== null) {
    const bar = createProgressBar(progress, 'learning', history.rows);
    for await (const reading of readCsv(train, labelColumn, times)) {
      backtest.learn(reading);
      bar.show(reading.row + 1);
    }
    bar.end();
  }
  if (model !== null) backtest.use(model);
  else if (train !== null) {
    const trained = backtest.trainOnHistory();
    if (!trained.ok) throw tooFewRows(trained.reason, trained.missing);
  }
}

function tooFewRows(reason: string, missing: number): TidewatchError {
  return new TidewatchError({
    code: 'TOO_FEW_ROWS',
    retriable: false,
    message: reason,
    facts: { missing },
  });
}

interface TestFile {
  readonly input: CsvSurvey;
  readonly times: RowTimes;
  readonly shiftMs: number;
}

function run(options: BacktestFileOptions, backtest: Backtest, file: TestFile) {
  const { out, signal } = options;
  return writeCsvFile({ path: out, header: VERDICT_HEADER, signal }, (write) =>
    fillVerdicts(options, backtest, { ...file, write }),
  );
}

async function fillVerdicts(
  { input: path, labelColumn, progress }: BacktestFileOptions,
  backtest: Backtest,
  { input, times, shiftMs, write }: TestFile & { readonly write: WriteRow },
) {
  const keeper = createColumnKeeper();
  const bar = createProgressBar(progress, 'scoring', input.rows);
  const labels: number[] = [];
  let late = 0;
  const writeAll = async (verdicts: readonly RowVerdict[]): Promise<void> => {
    for (const verdict of verdicts) {
      keeper.add(verdict);
      if (verdict.prediction?.late === true) late += 1;
      await write(verdictCells(verdict));
    }
  };
  for await (const reading of readCsv(path, labelColumn, times)) {
    const label = ownLabel(reading);
    if (label !== null) labels.push(label);
    await writeAll(backtest.take({ ...reading, timestamp: reading.timestamp + shiftMs }));
    bar.show(reading.row + 1);
  }
  await writeAll(backtest.finish());
  bar.end();
  return { keeper, labels: labels.length === 0 ? null : labels, late };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
