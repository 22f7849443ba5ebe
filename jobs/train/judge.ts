import { type LabelledQuality, labelledQuality } from '../labelled-quality.js';
import type { Fitted } from './fitted.js';
import { injectAnomalies } from './injections.js';
import { type UnlabelledQuality, unlabelledQuality } from './quality.js';
import type { Part } from './split.js';
import type { TrainingRow } from './training-row.js';

/** A row and its label, 0 or 1; null where nobody gave one. */
export interface LabelledRow {
  readonly row: TrainingRow;
  readonly label: number | null;
}

/** What fits are judged by. */
export type Criterion = 'labels' | 'injections';

/** How good a fit is at one boundary. */
export interface Judgement {
  /** What candidates are ranked by, 0 to 1. */
  readonly f1: number;
  /** Whether a person could live with it: false where it would alarm on many more rows than the settings ask for. */
  readonly affordable: boolean;
  readonly quality: LabelledQuality | UnlabelledQuality;
}

/** Judges fits by one part of the rows. */
export interface Judge {
  readonly criterion: Criterion;
  /** Rows of the part that show an anomaly, labelled or injected. */
  readonly positives: number;
  /** Scores the part by a fit and returns what is to be said of it at each contamination. O(rows x trees). */
  read(fitted: Fitted): (contamination: number) => Judgement;
}

export interface JudgeOptions {
  /** Seed of the injections. */
  readonly seed: number;
  /** Share of the rows that the settings want above the boundary. */
  readonly contamination: number;
}

/**
 * Without labels a candidate may not want more rows above its boundary than the settings do, and may not alarm on more than so many times that
 * share. Injected anomalies say what would be found, not what it costs, and a quiet stretch promises too much: on one machine of SMD (3-2) a
 * contamination of 0.1 alarmed on 0.2 % of the validation rows, and on 36 % of the rows after them.
 */
const MOST_ALARMS = 2;

/**
 * Returns the judge of a part: its labels, when every row has one and they know both kinds, else anomalies that are injected into it.
 * @param rows all rows in order of time; those before the part are the history of its windows
 */
export function judgeOf(
  rows: readonly LabelledRow[],
  part: Part,
  { seed, contamination }: JudgeOptions,
): Judge {
  const judged = rows.slice(part.from, part.to);
  const labels = judged.flatMap(({ label }) => (label === null ? [] : [label]));
  const positives = labels.filter((label) => label === 1).length;
  const own = judged.map(({ row }) => row);
  if (labels.length === own.length && positives > 0 && positives < own.length)
    return { criterion: 'labels', positives, read: (fitted) => byLabels(labels, fitted, own) };
  const history = rows.slice(0, part.to).map(({ row }) => row);
  const injected = injectAnomalies(history, part.from, seed);
  return {
    criterion: 'injections',
    positives: injected.labels.filter((label) => label === 1).length,
    read: (fitted) => {
      const scores = { labels: injected.labels, scores: fitted.scores(injected.rows) };
      const ordinary = fitted.scores(own);
      return (tried) => {
        const quality = unlabelledQuality(ordinary, scores, fitted.boundary(tried));
        const affordable = tried <= contamination && quality.alarmShare <= MOST_ALARMS * contamination;
        return { f1: quality.expectedF1, affordable, quality };
      };
    },
  };
}

function byLabels(
  labels: readonly number[],
  fitted: Fitted,
  rows: readonly TrainingRow[],
): (contamination: number) => Judgement {
  const scores = fitted.scores(rows);
  return (contamination) => {
    const quality = labelledQuality(labels, scores, fitted.boundary(contamination));
    return { f1: quality.f1, affordable: true, quality };
  };
}
