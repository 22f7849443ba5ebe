import type { ModelUse } from './core.js';
import type { BacktestQuality, RankingQuality, VerdictQuality } from './quality.js';

/** A model that scored rows of the file. */
export interface ModelReport {
  readonly version: string;
  /** First row that it scored. */
  readonly fromRow: number;
  /** Rows that it was trained on. */
  readonly trainedOn: number;
  readonly provisional: boolean;
  readonly contentHash: string;
}

/** What a backtest found. */
export interface BacktestReport {
  readonly input: string;
  readonly rows: number;
  readonly metrics: number;
  /** Rows with `is_anomaly`, and with `alarm`. */
  readonly anomalies: number;
  readonly alarms: number;
  /** Rows older than one before them: they are scored, and nothing learns from them. */
  readonly late: number;
  /** What was added to the file's times to put it behind the training file, ms; 0 for nothing. */
  readonly shiftMs: number;
  readonly seconds: number;
  readonly models: readonly ModelReport[];
  /** null without labels. */
  readonly quality: BacktestQuality | null;
}

/** Returns what the report says of a model. */
export function modelReport({ fromRow, model }: ModelUse): ModelReport {
  const { version, rows, provisional, contentHash } = model;
  return { version, fromRow, trainedOn: rows, provisional, contentHash };
}

/** Returns the report as a few lines for people. */
export function reportLines(report: BacktestReport): string[] {
  const { rows, metrics, anomalies, alarms, late, shiftMs, seconds, models, quality } = report;
  const rate = Math.round(rows / Math.max(seconds, 1e-3));
  return [
    `${rows} rows of ${metrics} metrics: ${anomalies} anomalies, ${alarms} alarms (${seconds.toFixed(1)} s, ${rate} rows/s)`,
    ...(late === 0 ? [] : [`${late} rows are older than one before them: nothing learns from these`]),
    ...(shiftMs === 0 ? [] : [`the file's times were moved by ${shiftMs} ms, behind the training file`]),
    ...models.map(
      ({ version, fromRow, trainedOn, provisional }) =>
        `from row ${fromRow}: ${version}, trained on ${trainedOn} rows${provisional ? ', provisional' : ''}`,
    ),
    ...(models.length === 0 ? ['no model: too few rows for a first one'] : []),
    ...(quality === null ? [] : qualityLines(quality)),
  ];
}

function qualityLines({ rows, labelled, ranking, verdicts }: BacktestQuality): string[] {
  return [
    `${labelled} of ${rows} rows are labelled`,
    ...(ranking === null
      ? []
      : ['column     ROC-AUC     AP  best F1', ...Object.entries(ranking).map(rankingLine)]),
    'verdict    precision  recall      F1  incidents  false alarms/day',
    ...Object.entries(verdicts).map(verdictLine),
  ];
}

function rankingLine([name, { rocAuc, averagePrecision, bestF1 }]: [string, RankingQuality]): string {
  return `${name.padEnd(11)}${cell(rocAuc, 7)}${cell(averagePrecision, 7)}${cell(bestF1.f1, 9)}`;
}

function verdictLine([name, { byRow, byIncident }]: [string, VerdictQuality]): string {
  const found = `${byIncident.detected}/${byIncident.incidents}`.padStart(11);
  return `${name.padEnd(11)}${cell(byRow.precision, 9)}${cell(byRow.recall, 8)}${cell(byRow.f1, 8)}${found}${cell(byIncident.falseAlarmsPerDay, 18)}`;
}

function cell(value: number, width: number): string {
  return value.toFixed(3).padStart(width);
}
