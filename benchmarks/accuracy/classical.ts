import { join } from 'node:path';
import { readCsv } from '../../common/csv/read-csv.js';
import { seededRandom } from '../../common/random.js';
import { rocAuc } from '../../detection/evaluation/roc-auc.js';
import { type Grower, growForest } from '../../detection/isolation-forest/grow.js';
import { anomalyScores } from '../../detection/isolation-forest/score.js';
import { meanOf } from './collection.js';
import { CLASSICAL_SETS, type ClassicalSet } from './published.js';

const GROWERS = ['package', 'own'] as const satisfies readonly Grower[];
const SEEDS = [1, 2, 3, 4, 5] as const;

/** ROC-AUC of one grower over the seeds. */
export interface SeedSpread {
  readonly mean: number;
  /** Of the sample, n - 1. */
  readonly standardDeviation: number;
  readonly seeds: readonly number[];
}

/** One set: fit and scored on all rows, without labels. */
export interface ClassicalFigures {
  readonly name: ClassicalSet;
  readonly rows: number;
  readonly features: number;
  readonly rocAuc: Readonly<Record<(typeof GROWERS)[number], SeedSpread>>;
}

interface LabelledRows {
  readonly rows: Float64Array;
  readonly labels: readonly number[];
  readonly features: number;
}

/** Grows 100 trees of 256 rows per seed and grower on each set. Throws BAD_CSV, FILE_UNREADABLE. */
export async function runClassical(
  folder: string,
  options: { readonly sets: number; readonly progress: (line: string) => void },
): Promise<ClassicalFigures[]> {
  const figures: ClassicalFigures[] = [];
  for (const name of CLASSICAL_SETS.slice(0, options.sets)) {
    const data = await readLabelled(join(folder, 'classical', `${name}.csv.gz`));
    const of = (grower: Grower): SeedSpread => spreadOver((seed) => rocAucOf(data, grower, seed));
    const result = { package: of('package'), own: of('own') };
    figures.push({ name, rows: data.labels.length, features: data.features, rocAuc: result });
    options.progress(`classical ${name}: ${result.package.mean.toFixed(4)} / ${result.own.mean.toFixed(4)}`);
  }
  return figures;
}

async function readLabelled(path: string): Promise<LabelledRows> {
  const values: number[] = [];
  const labels: number[] = [];
  let features = 0;
  for await (const reading of readCsv(path, 'label')) {
    features = reading.columns.length;
    for (const value of reading.values) values.push(value);
    labels.push(Number(reading.label));
  }
  return { rows: Float64Array.from(values), labels, features };
}

function rocAucOf({ rows, labels, features }: LabelledRows, grower: Grower, seed: number): number {
  const forest = growForest({
    rows,
    featureCount: features,
    trees: 100,
    subsampleSize: 256,
    random: seededRandom(seed),
    grower,
  });
  const scores = new Float64Array(labels.length);
  anomalyScores(forest, rows, labels.length, scores);
  return rocAuc(labels, scores);
}

function spreadOver(measure: (seed: number) => number): SeedSpread {
  const measured = SEEDS.map(measure);
  const mean = meanOf(measured);
  const variance = measured.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (measured.length - 1);
  return { mean, standardDeviation: Math.sqrt(variance), seeds: SEEDS };
}
