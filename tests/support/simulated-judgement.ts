import { alarmQuality } from '../../detection/evaluation/f-score.js';
import { rocAuc } from '../../detection/evaluation/roc-auc.js';
import type { Truth } from '../../schemas/truth.js';
import type { Scene } from './simulated-scene.js';

/** One event, judged. */
export interface JudgedRow {
  /** 1 while an incident of its host goes on. */
  readonly label: 0 | 1;
  readonly isAnomaly: boolean;
  readonly score: number;
  /** Whether its host stands at another level than the one it began with. */
  readonly isShifted: boolean;
}

/** How well verdicts and scores fit the truth. */
export interface SceneFigures {
  readonly rows: number;
  readonly labelled: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly rocAuc: number;
}

/**
 * Returns every event with its label: 1 from the first to the last event of an incident as its truth names them. A silence has no events. A
 * level shift is done in one moment and stays: whether the hours behind it are anomalous is a matter of taste, so their rows are marked.
 */
export function judge({ predictions, truths }: Scene): JudgedRow[] {
  const ofHost = new Map<string, Truth[]>();
  for (const truth of truths) ofHost.set(truth.host, [...(ofHost.get(truth.host) ?? []), truth]);
  return predictions.map(({ host, timestamp, isAnomaly, score }) => {
    const begun = (ofHost.get(host) ?? []).filter(({ from }) => from <= timestamp);
    const isOn = begun.some(({ kind, to }) => kind !== 'silence' && timestamp < to);
    const shift = begun.findLast(({ kind }) => kind === 'level_shift');
    return { label: isOn ? 1 : 0, isAnomaly, score, isShifted: (shift?.magnitude ?? 0) > 0 };
  });
}

/** Returns the figures of rows, row by row, without any adjustment. Throws a RangeError without a labelled or an unlabelled row. */
export function figuresOf(rows: readonly JudgedRow[]): SceneFigures {
  const labels = rows.map(({ label }) => label);
  const verdicts = rows.map(({ isAnomaly }) => (isAnomaly ? 1 : 0));
  const { precision, recall, f1, truePositives, falseNegatives } = alarmQuality(labels, verdicts, 1);
  const scores = rows.map(({ score }) => score);
  const labelled = truePositives + falseNegatives;
  return { rows: rows.length, labelled, precision, recall, f1, rocAuc: rocAuc(labels, scores) };
}

/** Returns figures as one line for people. */
export function figuresLine(name: string, figures: SceneFigures): string {
  const { rows, labelled, precision, recall, f1 } = figures;
  const [p, r, f, auc] = [precision, recall, f1, figures.rocAuc].map((figure) => figure.toFixed(3));
  return `${name}: precision ${p}, recall ${r}, F1 ${f}, ROC-AUC ${auc} (${labelled} of ${rows} rows labelled)`;
}
