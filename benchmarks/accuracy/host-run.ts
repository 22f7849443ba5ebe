import { type ExplainedIncident, rowsToExplain } from '../../detection/evaluation/hit-rate.js';
import { type InterpretationFit, interpretationFit } from '../../detection/evaluation/interpretation.js';
import { runBacktest, shippedSteps } from './backtest-run.js';
import { EXPLAINERS, type ExplainerName, explainingSteps, type RowExplanation } from './explaining-steps.js';
import { type ExplainedBy, type HostFigures, hostFigures } from './host-figures.js';
import type { HostFiles } from './host-files.js';
import { columns } from './verdict-table.js';

/** One host, run and judged. */
export interface HostRun {
  readonly figures: HostFigures;
  readonly explained: ExplainedBy;
  readonly agreement: InterpretationFit;
}

/** Trains on the host's history, scores its test file and judges verdicts and explanations. Throws what the job throws. */
export async function runHost(host: HostFiles, intervalMs: number): Promise<HostRun> {
  const shipped = shippedSteps();
  const incidents = host.incidents.map((incident) => ({
    ...incident,
    rows: rowsToExplain(incident.start, incident.end),
  }));
  const wanted = new Set(incidents.flatMap(({ rows }) => rows));
  const { steps, explanations } = explainingSteps(shipped.steps, shipped.mode, wanted);
  const table = await runBacktest({ train: host.train, input: host.test, intervalMs }, steps);
  const explanationOf = (row: number): RowExplanation => {
    const explanation = explanations.get(row);
    if (explanation === undefined) throw new Error(`explaining ${host.name}: row ${row} was not scored`);
    return explanation;
  };
  const explainedAs = (blameOf: (row: number) => Float64Array): ExplainedIncident[] =>
    incidents.map(({ rows, metrics }) => ({
      rows: rows.map(blameOf),
      scores: rows.map((row) => explanationOf(row).score),
      truth: metrics,
    }));
  const explainedBy = (name: ExplainerName): ExplainedIncident[] =>
    explainedAs((row) => inFileOrder(explanationOf(row), name, host.columns));
  return {
    figures: hostFigures(host.name, host.labels, table, intervalMs),
    agreement: interpretationFit(host.incidents, host.labels),
    explained: {
      ...columns(EXPLAINERS, explainedBy),
      chance: explainedAs(() => new Float64Array(host.columns.length).fill(1)),
    },
  };
}

/** Interpretations name columns by their place in the file, predictions order metrics by name; a metric that is missing is not blamed. */
function inFileOrder(
  { metrics, blame }: RowExplanation,
  explainer: ExplainerName,
  fileColumns: readonly string[],
): Float64Array {
  const placeOf = new Map(metrics.map((metric, place) => [metric, place]));
  return Float64Array.from(fileColumns, (column) => blame[explainer][placeOf.get(column) ?? -1] ?? 0);
}
