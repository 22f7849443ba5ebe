import { setImmediate as nextTurn } from 'node:timers/promises';
import { sampleRankCorrelation } from 'simple-statistics';
import type { LiveScorer } from '../live-steps.js';
import { isTrainable, type TrainingRow } from '../training-row.js';
import type { SharedTraining } from './core.js';
import { type Fitted, fitRows } from './fitted.js';
import { bestCandidate, type Candidate, type Grid, type GridPoint, nearestToAsked } from './grid.js';
import { type Criterion, type Judge, type Judgement, judgeOf, type LabelledRow } from './judge.js';
import { chronologicalSplit, type Part } from './split.js';

export interface SearchOptions {
  readonly training: SharedTraining;
  readonly grid: Grid;
  /** Opens the scorer of the live system: candidates are judged by what would judge events. */
  readonly openScorer: () => LiveScorer;
  /** A clock that only goes forward, milliseconds: for the figures alone. */
  readonly monotonicNow: () => number;
  /** Told after every fit how many of how many are done. */
  readonly onProgress: (done: number, total: number) => void;
}

/** One candidate as it did on the validation rows. */
export interface CandidateReport extends Candidate {
  readonly validation: Judgement['quality'];
  readonly fitSeconds: number;
  /** Mean time of the live scorer for a row in batches of 256. */
  readonly microsecondsPerRow: number;
}

/** What a search tried and found. */
export interface SearchReport {
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly criterion: Criterion;
  readonly candidates: readonly CandidateReport[];
  readonly chosen: GridPoint;
  /** How the chosen one, still fitted on the first 70 % alone, did on rows that no choice has seen. */
  readonly test: Judgement['quality'];
  readonly testCriterion: Criterion;
  /** Rank correlation (Spearman) of the forest's scores on the test rows with those of a forest of another seed, -1 to 1. */
  readonly stability: number;
  readonly microsecondsPerRow: number;
}

/** A report, or how many rows are missing for a search. */
export type Search =
  | { readonly ok: true; readonly report: SearchReport }
  | { readonly ok: false; readonly missing: number };

/** Warm rows that a search needs: 150 of them choose, and 150 judge. */
export const SEARCH_ROWS = 1000;

/**
 * Fits every number of trees on the first 70 % of the warm rows, judges every contamination on the next 15 %, and the chosen pair on the last.
 * By labels where a part holds both kinds, else the boundary by whether it holds and the trees by injected anomalies. Labels never enter a fit. Same rows, options and seed: same
 * choice. Throws BAD_MODEL when the scorer refuses a model, NOT_TRAINED
 * when the rows lack what a forest reads. O(trees x rows); gives way between two fits.
 */
export async function searchParameters(
  given: readonly LabelledRow[],
  options: SearchOptions,
): Promise<Search> {
  const { training, grid } = options;
  const usable = given.filter(({ row }) => isTrainable(row)).slice(-training.maximumRows);
  if (usable.length < SEARCH_ROWS) return { ok: false, missing: SEARCH_ROWS - usable.length };
  const parts = chronologicalSplit(usable.length);
  const rowsOf = ({ from, to }: Part) => usable.slice(from, to).map(({ row }) => row);
  const fitOn = (changes: Partial<SharedTraining>): Fitted =>
    fitRows(rowsOf(parts.train), { ...options, training: { ...training, ...changes } });
  const steps = grid.trees.length + 1;

  const judge = judgeOf(usable, parts.validation, training);
  const tried: { readonly trees: number; readonly fitted: Fitted; readonly candidates: CandidateReport[] }[] =
    [];
  for (const trees of grid.trees) {
    const fitted = fitOn({ trees });
    tried.push({ trees, fitted, candidates: candidatesOf(fitted, trees, { grid, judge }) });
    options.onProgress(tried.length, steps);
    // Signals are heard between two fits.
    await nextTurn();
  }
  const candidates = tried.flatMap((one) => one.candidates);
  const { trees, contamination } = chosenOf(candidates, training, judge);

  const fitted = tried.find((one) => one.trees === trees)?.fitted ?? fitOn({ trees });
  const judgeTest = judgeOf(usable, parts.test, training);
  const test = judgeTest.read(fitted)(contamination).quality;
  const other = fitOn({ trees, seed: training.seed + 1 });
  const stability = rankCorrelation(fitted, other, rowsOf(parts.test));
  options.onProgress(steps, steps);
  return {
    ok: true,
    report: {
      rows: {
        train: lengthOf(parts.train),
        validation: lengthOf(parts.validation),
        test: lengthOf(parts.test),
      },
      criterion: judge.criterion,
      candidates,
      chosen: { trees, contamination },
      testCriterion: judgeTest.criterion,
      test,
      stability,
      microsecondsPerRow: fitted.microsecondsPerRow(),
    },
  };
}

/** Labels choose among all; without them the contamination is the nearest to the asked-for one that holds, and injections choose the trees. */
function chosenOf(
  candidates: readonly CandidateReport[],
  asked: GridPoint,
  { criterion, positives }: Judge,
): GridPoint {
  if (criterion === 'labels') return bestCandidate(candidates, asked, positives) ?? asked;
  const nearest = nearestToAsked(candidates);
  const own = nearest.find(({ trees }) => trees === asked.trees) ?? asked;
  return bestCandidate(nearest, own, positives) ?? asked;
}

function lengthOf({ from, to }: Part): number {
  return to - from;
}

/** Returns what a judge says of one fit at every contamination of the grid. */
function candidatesOf(
  fitted: Fitted,
  trees: number,
  { grid, judge }: { readonly grid: Grid; readonly judge: Judge },
): CandidateReport[] {
  const judgement = judge.read(fitted);
  return grid.contaminations.map((contamination) => {
    const { quality, ...judged } = judgement(contamination);
    const microsecondsPerRow = fitted.microsecondsPerRow();
    return {
      trees,
      contamination,
      ...judged,
      validation: quality,
      fitSeconds: fitted.seconds,
      microsecondsPerRow,
    };
  });
}

/** Two forests that say the same everywhere (constant metrics) agree, although nothing can be ranked. */
function rankCorrelation(a: Fitted, b: Fitted, rows: readonly TrainingRow[]): number {
  const correlation = sampleRankCorrelation(a.forestScores(rows), b.forestScores(rows));
  return Number.isNaN(correlation) ? 1 : correlation;
}
