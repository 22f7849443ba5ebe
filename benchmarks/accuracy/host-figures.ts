import { averagePrecision } from '../../detection/evaluation/average-precision.js';
import { alarmQuality, bestF1 } from '../../detection/evaluation/f-score.js';
import type { ExplainedIncident } from '../../detection/evaluation/hit-rate.js';
import { incidentQuality } from '../../detection/evaluation/incidents.js';
import { rocAuc } from '../../detection/evaluation/roc-auc.js';
import type { ExplainerName } from './explaining-steps.js';
import {
  columns,
  SCORES,
  type ScoreName,
  VERDICTS,
  type VerdictName,
  type VerdictTable,
} from './verdict-table.js';

/** How well a score puts labelled rows first. */
export interface Ranking {
  readonly rocAuc: number;
  readonly averagePrecision: number;
  /** Of the best threshold there is, chosen with the labels. */
  readonly bestF1: number;
}

/** What a verdict is worth at the threshold that ships. */
export interface VerdictFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly incidents: number;
  readonly detected: number;
  /** From the first labelled row to the first alarm, one for each detected incident, minutes. */
  readonly delaysMinutes: readonly number[];
  readonly falseAlarmsPerDay: number;
}

/** Explanations of labelled incidents; `chance` blames every metric alike. */
export type ExplainedBy = Readonly<Record<ExplainerName | 'chance', readonly ExplainedIncident[]>>;

/** All that is measured of one host. */
export interface HostFigures {
  readonly name: string;
  readonly rows: number;
  readonly labelled: number;
  readonly ranking: Readonly<Record<ScoreName, Ranking>>;
  readonly verdicts: Readonly<Record<VerdictName, VerdictFigures>>;
}

/**
 * Returns the figures of one host: every row counts, no point adjustment; false alarms are runs of alarms that touch no labelled row, fewer
 * than 10 quiet rows merged. Throws RangeError when labels and verdicts differ in length or know one kind of row only.
 */
export function hostFigures(
  name: string,
  labels: readonly number[],
  table: VerdictTable,
  intervalMs: number,
): HostFigures {
  return {
    name,
    rows: table.rows,
    labelled: labels.reduce((sum, label) => sum + label, 0),
    ranking: columns(SCORES, (score) => rankingOf(labels, table.scores[score])),
    verdicts: columns(VERDICTS, (verdict) => verdictFigures(labels, table.verdicts[verdict], intervalMs)),
  };
}

function rankingOf(labels: readonly number[], scores: Float64Array): Ranking {
  return {
    rocAuc: rocAuc(labels, scores),
    averagePrecision: averagePrecision(labels, scores),
    bestF1: bestF1(labels, scores).f1,
  };
}

const DAY_MS = 86_400_000;

function verdictFigures(labels: readonly number[], alarms: Float64Array, intervalMs: number): VerdictFigures {
  const { precision, recall, f1 } = alarmQuality(labels, alarms, 1);
  const { incidents, detected, delays, falseAlarmsPerDay } = incidentQuality(labels, alarms, {
    rowsPerDay: DAY_MS / intervalMs,
  });
  const delaysMinutes = delays.map((rows) => (rows * intervalMs) / 60_000);
  return { precision, recall, f1, incidents, detected, delaysMinutes, falseAlarmsPerDay };
}
