import { bestF1 } from '../../detection/evaluation/f-score.js';
import { kolmogorovSmirnov } from '../../detection/statistics/kolmogorov-smirnov.js';
import { quantiles } from '../../detection/statistics/quantile.js';
import { type LabelledQuality, labelledQuality } from '../labelled-quality.js';
import type { OutlierPlace } from './scenarios.js';
import type { Verdicts } from './verdicts.js';

/** How the verdicts of a scenario differ from those of the undisturbed rows. */
export interface Comparison {
  /** Rows whose score is above the boundary. */
  readonly overBoundary: number;
  /** Rows that are called anomalies (above the boundary, and a reading is off itself), and their share of all. */
  readonly alarms: number;
  readonly alarmShare: number;
  /** Share of the rows whose verdict is the same. */
  readonly agreement: number;
  /** Share of the undisturbed alarms that are still raised; 1 without any. */
  readonly alarmsKept: number;
  /** Rows that alarm now and did not before. */
  readonly newAlarms: number;
  /** Quantiles of the scores, 0 to 1. */
  readonly scores: { readonly median: number; readonly p95: number; readonly p99: number };
  /** Largest distance of the two distribution functions of the scores (Kolmogorov and Smirnov), 0 to 1. */
  readonly scoreDistance: number;
  /** Of the score and its boundary, by labels; null without them. */
  readonly quality: LabelledQuality | null;
  /** What the best boundary would reach on these labels, and the share of the rows above it; null without both labels. */
  readonly best: BestBoundary | null;
  /** Only of outliers. */
  readonly outliers: OutlierQuality | null;
}

/** The boundary that an oracle would take: it needs the labels to choose. */
export interface BestBoundary {
  readonly f1: number;
  readonly alarmShare: number;
}

/** How outliers that were put in are found. */
export interface OutlierQuality {
  /** Outliers in rows where nothing alarmed before. */
  readonly placed: number;
  /** Share of them that alarm within five rows. */
  readonly found: number;
  /** Share of them whose metric leads the explanation of its own row. */
  readonly named: number;
}

/** Score at the alarm boundary. */
const BOUNDARY = 0.5;
/** Rows within which an outlier counts as found: some evidence is smoothed over two rows. */
const FOUND_WITHIN = 5;

export interface CompareOptions {
  readonly clean: Verdicts;
  /** 0 or 1 per row; null without labels. */
  readonly labels: readonly number[] | null;
  /** Outliers of this scenario; null for the others. */
  readonly outliers: readonly OutlierPlace[] | null;
}

/** Returns how verdicts differ from the undisturbed ones, row by row. O(n log n). */
export function compare(verdicts: Verdicts, { clean, labels, outliers }: CompareOptions): Comparison {
  const { scores, alarms } = verdicts;
  const rows = scores.length;
  const [median = 0, p95 = 0, p99 = 0] = quantiles(scores, [0.5, 0.95, 0.99]);
  const count = (holds: (place: number) => boolean): number => {
    let total = 0;
    for (let place = 0; place < rows; place += 1) if (holds(place)) total += 1;
    return total;
  };
  const before = count((place) => clean.alarms[place] === 1);
  const kept = count((place) => clean.alarms[place] === 1 && alarms[place] === 1);
  const now = count((place) => alarms[place] === 1);
  return {
    overBoundary: count((place) => (scores[place] ?? 0) > BOUNDARY),
    alarms: now,
    alarmShare: now / rows,
    agreement: count((place) => clean.alarms[place] === alarms[place]) / rows,
    alarmsKept: before === 0 ? 1 : kept / before,
    newAlarms: now - kept,
    scores: { median, p95, p99 },
    scoreDistance: kolmogorovSmirnov(clean.scores, scores, 'asymptotic').statistic,
    quality: labels === null ? null : labelledQuality(labels, [...scores], BOUNDARY),
    best: labels === null ? null : bestBoundary(labels, scores),
    outliers: outliers === null ? null : outlierQuality(verdicts, clean, outliers),
  };
}

function bestBoundary(labels: readonly number[], scores: Float64Array): BestBoundary | null {
  if (!labels.includes(1) || !labels.includes(0)) return null;
  const { f1, threshold } = bestF1(labels, scores);
  return { f1, alarmShare: scores.filter((score) => score >= threshold).length / scores.length };
}

function outlierQuality(
  { alarms, leading }: Verdicts,
  clean: Verdicts,
  outliers: readonly OutlierPlace[],
): OutlierQuality {
  const quiet = outliers.filter(({ place }) => !clean.alarms.slice(place, place + FOUND_WITHIN).includes(1));
  const found = quiet.filter(({ place }) => alarms.slice(place, place + FOUND_WITHIN).includes(1));
  const named = quiet.filter(({ place, metric }) => leading[place] === metric);
  const of = Math.max(1, quiet.length);
  return { placed: quiet.length, found: found.length / of, named: named.length / of };
}
