import type { Prediction } from '../../schemas/prediction.js';
import type { Cell } from '../csv-writer.js';
import type { RowVerdict } from './core.js';
import type { VerdictColumns } from './quality.js';

/** Columns of the verdicts file. */
export const VERDICT_HEADER = [
  'row',
  'timestamp',
  'score',
  'is_anomaly',
  'alarm',
  'zscore',
  'baseline',
  'iforest',
] as const;

/**
 * Returns a verdict as the cells of its row: the time as it stands in the file (else milliseconds), scores as doubles, 0 or 1, and nothing
 * for a method that is cold: warm-up is not a score of 0.
 */
export function verdictCells({ reading, prediction, alarm }: RowVerdict): Cell[] {
  return [
    reading.row,
    reading.timeText ?? reading.timestamp,
    prediction?.score ?? 0,
    Number(prediction?.isAnomaly === true),
    Number(alarm),
    methodScore(prediction, 'zscore'),
    methodScore(prediction, 'baseline'),
    methodScore(prediction, 'iforest'),
  ];
}

function methodScore(prediction: Prediction | null, name: string): number | null {
  return prediction?.methods.find((method) => method.name === name)?.score ?? null;
}

/** The columns of all rows, kept for the report. */
export interface ColumnKeeper {
  add(verdict: RowVerdict): void;
  readonly columns: VerdictColumns;
}

/** Returns empty columns; a method that is cold counts as 0 in them. */
export function createColumnKeeper(): ColumnKeeper {
  const columns = {
    score: [] as number[],
    isAnomaly: [] as number[],
    alarm: [] as number[],
    zscore: [] as number[],
    baseline: [] as number[],
    iforest: [] as number[],
  };
  return {
    columns,
    add: ({ prediction, alarm }) => {
      columns.score.push(prediction?.score ?? 0);
      columns.isAnomaly.push(Number(prediction?.isAnomaly === true));
      columns.alarm.push(Number(alarm));
      for (const name of ['zscore', 'baseline', 'iforest'] as const)
        columns[name].push(methodScore(prediction, name) ?? 0);
    },
  };
}
