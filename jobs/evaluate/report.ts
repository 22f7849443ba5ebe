import type { Comparison } from './compare.js';
import type { Latency } from './latency.js';
import type { ScenarioKind } from './scenarios.js';

/** What one scenario did. */
export interface ScenarioReport extends Comparison {
  readonly kind: ScenarioKind;
  readonly size: number;
  readonly metric: string | null;
}

/** Something to do, and the limit that was crossed. */
export interface Recommendation {
  /** Name of the rule. */
  readonly rule: string;
  /** What was measured, and the limit of the rule, in the same unit. */
  readonly measured: number;
  readonly limit: number;
  /** One or two sentences for a person on call. */
  readonly advice: string;
}

/** What an evaluation found. */
export interface EvaluationReport {
  readonly model: { readonly model: string; readonly version: string; readonly contentHash: string };
  readonly input: string;
  /** Rows of the file, those before that taught the windows, and those that were evaluated (first, and one after the last). */
  readonly rows: {
    readonly inFile: number;
    readonly history: number;
    readonly from: number;
    readonly to: number;
  };
  readonly labelled: number | null;
  /** Where the standard deviations come from that noise and shift are measured in. */
  readonly spreadsOf: 'train' | 'input';
  readonly seed: number;
  readonly latency: Latency;
  readonly scenarios: readonly ScenarioReport[];
  readonly recommendations: readonly Recommendation[];
  /** Declared minima that the model fails, in words; empty when it passes. */
  readonly failed: readonly string[];
}

/** Returns a scenario in a few words: `noise 0.05 sd`, `without cpu`. */
export function scenarioName({
  kind,
  size,
  metric,
}: Pick<ScenarioReport, 'kind' | 'size' | 'metric'>): string {
  switch (kind) {
    case 'clean':
      return 'undisturbed';
    case 'noise':
      return `noise ${size} sd`;
    case 'missing':
      return `without ${metric ?? ''}`;
    case 'outliers':
      return `outliers ${size}x`;
    case 'shift':
      return `shift +${size} sd`;
  }
}

/** Returns the report as a table and what to do, for people. */
export function evaluationLines(report: EvaluationReport): string[] {
  const { model, rows, latency, scenarios, recommendations, failed, labelled } = report;
  const width = Math.max(...scenarios.map((scenario) => scenarioName(scenario).length));
  const evaluated = rows.to - rows.from;
  return [
    `${model.model} ${model.version} on rows ${rows.from} to ${rows.to - 1} of ${rows.inFile}${labelled === null ? '' : `, ${labelled} labelled`}, after ${rows.history} rows of history`,
    `${' '.repeat(width)} over 0.5  anomalies    same    kept   new  KS dist${labelled === null ? '' : '    ROC     AP     F1'}  outliers found/named`,
    ...scenarios.map((scenario) => scenarioLine(scenario, width)),
    `one event: p50 ${latency.p50.toFixed(0)} us, p95 ${latency.p95.toFixed(0)} us, p99 ${latency.p99.toFixed(0)} us (${latency.events} events, window, score and explanation)`,
    ...(recommendations.length === 0
      ? [`nothing to recommend: every limit held on these ${evaluated} rows`]
      : recommendations.map(({ advice }) => `- ${advice}`)),
    ...failed.map((reason) => `FAILED: ${reason}`),
  ];
}

function scenarioLine(scenario: ScenarioReport, width: number): string {
  const { overBoundary, alarms, agreement, alarmsKept, newAlarms, scoreDistance, quality, outliers } =
    scenario;
  const cells = [
    String(overBoundary).padStart(9),
    String(alarms).padStart(11),
    percent(agreement).padStart(8),
    percent(alarmsKept).padStart(8),
    String(newAlarms).padStart(6),
    scoreDistance.toFixed(3).padStart(9),
    ...(quality === null
      ? []
      : [quality.rocAuc, quality.averagePrecision, quality.f1].map((value) => figure(value).padStart(7))),
    ...(outliers === null
      ? []
      : [`  ${percent(outliers.found)} / ${percent(outliers.named)} of ${outliers.placed}`]),
  ];
  return `${scenarioName(scenario).padEnd(width)}${cells.join('')}`;
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

/** Returns a share in words, rounded to a tenth of a percent: 0.984 = 98.4%. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
