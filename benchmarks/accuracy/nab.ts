import { seededRandom } from '../../common/random.js';
import { NEWS_BOUNDARY } from '../../detection/consensus/news.js';
import { nabHeldOut } from '../../detection/evaluation/nab-held-out.js';
import { nabAt, nabBest } from '../../detection/evaluation/nab-score.js';
import { NAB_PROFILES, type NabSeries } from '../../detection/evaluation/nab-sweep.js';
import { runBacktest, shippedSteps } from './backtest-run.js';
import { movingZ, relativeEntropy, windowedGaussian } from './nab-detectors.js';
import { detect, type NabFile } from './nab-files.js';
import type { VerdictTable } from './verdict-table.js';

/** A detector's normalised figures in the three profiles, at most 100. */
export interface NabFigures {
  readonly name: string;
  readonly standard: number;
  readonly lowFalsePositives: number;
  readonly lowFalseNegatives: number;
}

/** The benchmark over the files that are there. */
export interface NabReport {
  readonly files: readonly string[];
  readonly windows: number;
  /** The column `score`, its one threshold chosen with the labels on the whole corpus, as in all published figures. */
  readonly score: NabFigures;
  /** The same column, each file at the threshold that suits the other files best; null where their windows all lie in one file. */
  readonly heldOut: NabFigures | null;
  /** Other ways to hand in the same verdicts: score only at onsets or where a verdict stands, methods by themselves. */
  readonly otherColumns: readonly NabFigures[];
  /** What the verdicts earn at the threshold that ships: nobody chose it with labels. */
  readonly shipped: readonly NabFigures[];
  /** Simple detectors, run here on the same files. */
  readonly controls: readonly NabFigures[];
}

/** Rows within which only a score above all before it counts as the onset of an incident. */
const ONSET_ROWS = 400;

/**
 * Returns each score that is above all of the `rows` scores before it, and 0 for the others: what a person who is told of an incident once would hand
 * in. The benchmark charges an alarm outside of windows row by row. Knows no later row. O(scores x rows).
 */
export function onsets(scores: Float64Array, rows: number): Float64Array {
  return scores.map((score, row) => {
    const before = scores.subarray(Math.max(0, row - rows), row);
    return before.every((other) => other < score) ? score : 0;
  });
}

/** Seed of the control that answers at random. */
const RANDOM_SEED = 11;

/** Runs every file without a history: the stream warms up and trains itself. Throws what the job throws. */
export async function runNab(
  files: readonly NabFile[],
  progress: (line: string) => void,
): Promise<NabReport> {
  const tables: VerdictTable[] = [];
  for (const { name, path, values } of files) {
    const { steps } = shippedSteps();
    // Every file has its own times: the interval is for files without.
    const table = await runBacktest({ train: null, input: path, intervalMs: 300_000 }, steps);
    if (table.rows !== values.length) throw new Error(`scoring ${name}: ${table.rows} verdicts`);
    progress(`nab ${name}: ${table.rows} rows`);
    tables.push(table);
  }
  const corpusOf = (column: (table: VerdictTable) => ArrayLike<number>): NabSeries[] =>
    files.map(({ name, windows }, i) => ({ name, windows, scores: column(tables[i] as VerdictTable) }));
  const onlyWhere = (verdict: 'is_anomaly' | 'alarm') =>
    corpusOf(({ scores, verdicts }) =>
      scores.score.map((score, row) => score * (verdicts[verdict][row] ?? 0)),
    );
  const random = seededRandom(RANDOM_SEED);
  return {
    files: files.map(({ name }) => name),
    windows: files.reduce((sum, { windows }) => sum + windows.length, 0),
    score: best(
      'score',
      corpusOf(({ scores }) => scores.score),
    ),
    heldOut: heldOut(
      'score, threshold of the other files',
      corpusOf(({ scores }) => scores.score),
    ),
    otherColumns: [
      best(
        'score at onsets',
        corpusOf(({ scores }) => onsets(scores.score, ONSET_ROWS)),
      ),
      best('score where is_anomaly', onlyWhere('is_anomaly')),
      best('score where alarm', onlyWhere('alarm')),
      ...(['zscore', 'baseline', 'iforest'] as const).map((method) =>
        best(
          method,
          corpusOf(({ scores }) => scores[method]),
        ),
      ),
    ],
    shipped: [
      at(
        `score from ${NEWS_BOUNDARY}: news`,
        corpusOf(({ scores }) => scores.score.map((score) => Number(score >= NEWS_BOUNDARY))),
      ),
      ...(['is_anomaly', 'alarm'] as const).map((verdict) =>
        at(
          verdict,
          corpusOf(({ verdicts }) => verdicts[verdict]),
        ),
      ),
    ],
    controls: [
      best('Relative Entropy', detect(files, relativeEntropy)),
      best('Windowed Gaussian', detect(files, windowedGaussian)),
      best('moving z of 100 points', detect(files, movingZ(100))),
      best(
        'random',
        detect(files, (values) => Float64Array.from(values, () => random())),
      ),
    ],
  };
}

function best(name: string, corpus: readonly NabSeries[]): NabFigures {
  return figuresOf(name, (profile) => nabBest(corpus, profile).normalized);
}

function heldOut(name: string, corpus: readonly NabSeries[]): NabFigures | null {
  if (corpus.filter(({ windows }) => windows.length > 0).length < 2) return null;
  return figuresOf(name, (profile) => nabHeldOut(corpus, profile));
}

/** Alarm where the column says 1. */
function at(name: string, corpus: readonly NabSeries[]): NabFigures {
  return figuresOf(name, (profile) => nabAt(corpus, profile, 1).normalized);
}

function figuresOf(name: string, figure: (profile: (typeof NAB_PROFILES)[number]) => number): NabFigures {
  const [standard, lowFalsePositives, lowFalseNegatives] = NAB_PROFILES;
  return {
    name,
    standard: figure(standard),
    lowFalsePositives: figure(lowFalsePositives),
    lowFalseNegatives: figure(lowFalseNegatives),
  };
}
