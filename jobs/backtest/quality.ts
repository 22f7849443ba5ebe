import { averagePrecision } from '../../detection/evaluation/average-precision.js';
import { type AlarmQuality, alarmQuality, type BestF1, bestF1 } from '../../detection/evaluation/f-score.js';
import { type IncidentQuality, incidentQuality } from '../../detection/evaluation/incidents.js';
import { rocAuc } from '../../detection/evaluation/roc-auc.js';

/** Columns of the verdicts that can be ranked. */
export const SCORE_COLUMNS = ['score', 'zscore', 'baseline', 'iforest'] as const;
/** Columns that say yes or no. */
export const VERDICT_COLUMNS = ['isAnomaly', 'alarm'] as const;

type Ranked = (typeof SCORE_COLUMNS)[number];
type Judged = (typeof VERDICT_COLUMNS)[number];

/** How well a column of scores separates labelled rows, whatever the threshold. */
export interface RankingQuality {
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly bestF1: BestF1;
}

/** How well a column that says yes or no agrees with the labels: row by row, and as a person on call sees it. */
export interface VerdictQuality {
  readonly byRow: AlarmQuality;
  readonly byIncident: IncidentQuality;
}

/** How well the verdicts of a file agree with its labels. */
export interface BacktestQuality {
  readonly rows: number;
  readonly labelled: number;
  /** null when the labels know one kind of row only: nothing can be ranked then. */
  readonly ranking: Readonly<Record<Ranked, RankingQuality>> | null;
  readonly verdicts: Readonly<Record<Judged, VerdictQuality>>;
}

/** The columns of the verdicts, one value per row; a method that was cold counts as 0. */
export type VerdictColumns = Readonly<Record<Ranked | Judged, readonly number[]>>;

/**
 * Returns the quality of every column, row by row and by incident, without point adjustment.
 * @param labels 0 or 1 per row
 * @param rowsPerDay rows of one day of the file's time, above 0
 * @throws RangeError when the lengths differ or a label is neither 0 nor 1
 */
export function backtestQuality(
  labels: readonly number[],
  columns: VerdictColumns,
  rowsPerDay: number,
): BacktestQuality {
  const labelled = labels.reduce((sum, label) => sum + label, 0);
  const canRank = labelled > 0 && labelled < labels.length;
  const ranking = canRank ? mapped(SCORE_COLUMNS, (name) => rankingOf(labels, columns[name])) : null;
  const verdicts = mapped(VERDICT_COLUMNS, (name) => ({
    byRow: alarmQuality(labels, columns[name], 1),
    byIncident: incidentQuality(labels, columns[name], { rowsPerDay }),
  }));
  return { rows: labels.length, labelled, ranking, verdicts };
}

function rankingOf(labels: readonly number[], scores: readonly number[]): RankingQuality {
  return {
    rocAuc: rocAuc(labels, scores),
    averagePrecision: averagePrecision(labels, scores),
    bestF1: bestF1(labels, scores),
  };
}

function mapped<const K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
