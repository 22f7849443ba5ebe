import { type LabelledQuality, labelledQuality } from '../labelled-quality.js';
import type { TrainingRow } from '../training-row.js';
import type { Fitted } from './fitted.js';
import { injectAnomalies } from './injections.js';
import { type UnlabelledQuality, unlabelledQuality } from './quality.js';
import { quietRows } from './quiet-rows.js';
import type { Part } from './split.js';

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
  /** Whether its boundary holds what the settings ask for: false where many more quiet rows lie above it. */
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
 * Without labels a boundary is judged by whether it holds what was asked for: behind the rows that it was set by, no more than so many times the asked-for
 * share of quiet rows may lie above it. No more can be known: which share of rows to call strange is a wish, not a property of unlabelled
 * rows, and measures without labels (excess mass and mass-volume curves, Goix 2016) rank scores and not their boundaries. More
 * rows above the boundary than were asked for are never chosen: a quiet stretch promises too much. On one machine of SMD (3-2) a
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
  // As in a training: what may belong to an incident says nothing of the boundary of normal rows.
  const quiet = new Set(quietRows(history));
  const ordinaryRows = own.filter((row) => quiet.has(row));
  const injected = injectAnomalies(history, part.from, seed);
  return {
    criterion: 'injections',
    positives: injected.labels.filter((label) => label === 1).length,
    read: (fitted) => {
      const scores = { labels: injected.labels, scores: fitted.scores(injected.rows) };
      const ordinary = fitted.scores(ordinaryRows);
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
