import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvReading, RowTimes } from '../../common/csv/csv-rows.js';
import { createProgressBar, type ProgressOutput } from '../../common/progress-bar.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { LiveSteps } from '../live-steps.js';
import { writeReportFile } from '../model-file.js';
import { compare } from './compare.js';
import type { EvaluateSettings } from './config.js';
import { measureLatency } from './latency.js';
import { failedMinima, requireLabelsFor } from './minima.js';
import { recommend } from './recommendations.js';
import type { EvaluationReport, ScenarioReport } from './report.js';
import { type EvaluationRows, readEvaluationRows } from './rows.js';
import { drawOutliers, scenariosOf } from './scenarios.js';
import { type ScoringOptions, verdictsOf } from './verdicts.js';

type Steps = Pick<LiveSteps, 'openWindow' | 'openScorer'>;

export interface EvaluateFileOptions {
  /** The steps of the live system without explanations, which change no verdict. */
  readonly steps: Steps;
  /** The same with the explanations that the settings ask for: what an event costs. */
  readonly explainingSteps: Steps;
  readonly model: ModelVersion;
  readonly input: string;
  /** File that the model was trained on, for history and standard deviations; null for none. */
  readonly train: string | null;
  /** File with a label, 0 or 1, per row of the input; null for none. */
  readonly labels: string | null;
  readonly labelColumn: string | null;
  /** Path of the report, JSON; null for none. */
  readonly report: string | null;
  readonly times: RowTimes;
  readonly settings: EvaluateSettings;
  readonly progress: ProgressOutput;
  /** A clock that only goes forward, milliseconds: for the latency alone. */
  readonly monotonicNow: () => number;
}

/**
 * Scores a file undisturbed and disturbed in 9 ways and without each metric in turn, and returns what changed and what to do about it.
 * O((10 + metrics) x rows). Throws BAD_CSV, BAD_INPUT, BAD_MODEL, FILE_UNREADABLE, FILE_UNWRITABLE, TOO_FEW_ROWS.
 */
export async function evaluateFile(options: EvaluateFileOptions): Promise<EvaluationReport> {
  const { model, settings, input, train } = options;
  const rows = await readEvaluationRows(options);
  requireLabelsFor(settings, rows.labels);
  const scoring: ScoringOptions = {
    steps: options.steps,
    model,
    identity: { host: hostOf(model), group: model.group, replayId: 'evaluate' },
    history: rows.history,
  };
  const scenarios = await runScenarios(rows, scoring, options);
  const latency = measureLatency(rows.rows, {
    ...scoring,
    steps: options.explainingSteps,
    monotonicNow: options.monotonicNow,
  });
  const report: EvaluationReport = {
    model: { model: model.model, version: model.version, contentHash: model.contentHash },
    input,
    rows: { inFile: rows.inFile, history: rows.history.length, ...rows.stretch },
    labelled: rows.labels === null ? null : rows.labels.filter((label) => label === 1).length,
    spreadsOf: train === null ? 'input' : 'train',
    seed: settings.EVALUATE_SEED,
    latency,
    scenarios,
    recommendations: recommend({ scenarios, latency, contamination: model.contamination }),
    failed: failedMinima(scenarios, latency, settings),
  };
  if (options.report !== null) await writeReportFile(options.report, report);
  return report;
}

/** A model of one host knows what is normal on it; that of several is asked as for a new host. */
function hostOf({ hosts }: ModelVersion): string {
  return hosts.length === 1 ? (hosts[0] ?? 'evaluate') : 'evaluate';
}

async function runScenarios(
  { rows, labels, spreads }: EvaluationRows,
  scoring: ScoringOptions,
  { settings, progress }: EvaluateFileOptions,
): Promise<ScenarioReport[]> {
  const seed = settings.EVALUATE_SEED;
  const outliers = drawOutliers(rows, spreads, seed);
  const metrics = metricsOf(rows);
  const scenarios = scenariosOf({ metrics, spreads, outliers, seed });
  const bar = createProgressBar(progress, 'evaluating', scenarios.length);
  const clean = verdictsOf(rows, scoring);
  const reports: ScenarioReport[] = [];
  for (const { kind, size, metric, disturb } of scenarios) {
    const verdicts = kind === 'clean' ? clean : verdictsOf(disturb(rows), scoring);
    const placed = kind === 'outliers' ? outliers : null;
    reports.push({ kind, size, metric, ...compare(verdicts, { clean, labels, outliers: placed }) });
    bar.show(reports.length);
    // Signals are heard between two scenarios.
    await nextTurn();
  }
  bar.end();
  return reports;
}

function metricsOf(rows: readonly CsvReading[]): readonly string[] {
  return rows[0]?.columns ?? [];
}
