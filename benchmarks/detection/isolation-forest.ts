/**
 * Measures the isolation forest: microseconds per event for the score and for score + SHAP, and training times of both
 * growers. Prints JSON. Run after `npm run build`: node dist/benchmarks/detection/isolation-forest.js
 */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { gaussian, seededRandom } from '../../common/random.js';
import { createExplainer, type Explainer } from '../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { type Grower, growForest } from '../../detection/isolation-forest/grow.js';
import { anomalyScores } from '../../detection/isolation-forest/score.js';

interface Spread {
  readonly samples: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

const BATCH_ROWS = 512;
const REPEATS = 5;

function spread(measured: readonly number[]): Spread {
  const sorted = [...measured].sort((a, b) => a - b);
  const round = (index: number): number => Math.round((sorted[index] ?? Number.NaN) * 100) / 100;
  return {
    samples: sorted.length,
    minimum: round(0),
    median: round(sorted.length >> 1),
    maximum: round(sorted.length - 1),
  };
}

/** Milliseconds of each of `repeats` runs, after one that warms the compiler up. */
function time(repeats: number, run: () => void): number[] {
  run();
  return Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

/** Rows that share a few hidden causes, as the metrics of a host do. */
function correlatedRows(count: number, featureCount: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const rows = new Float64Array(count * featureCount);
  for (let row = 0; row < count; row += 1) {
    const causes = Array.from({ length: 6 }, () => gaussian(random));
    for (let column = 0; column < featureCount; column += 1) {
      rows[row * featureCount + column] = (causes[column % 6] ?? 0) + 0.5 * gaussian(random);
    }
  }
  return rows;
}

/** Calls with other rows each time: on the same row the branch predictor would learn the trees by heart. */
function perEvent(batches: readonly Float64Array[], run: (rows: Float64Array) => void): Spread {
  const rowsPerCall = BATCH_ROWS / batches.length;
  const calls = batches.length;
  const measured = time(REPEATS, () => {
    for (const batch of batches) run(batch);
  });
  return spread(measured.map((milliseconds) => (milliseconds * 1000) / (calls * rowsPerCall)));
}

function measureForest(forest: CompiledForest, explainer: Explainer): Record<string, unknown> {
  const rows = correlatedRows(BATCH_ROWS, forest.featureCount, 7);
  const lengths = new Float64Array(BATCH_ROWS);
  const shap = new Float64Array(BATCH_ROWS * explainer.playerCount);
  const inBatchesOf = (size: number): Float64Array[] =>
    Array.from({ length: BATCH_ROWS / size }, (_, i) =>
      rows.subarray(i * size * forest.featureCount, (i + 1) * size * forest.featureCount),
    );
  const score = (batch: Float64Array): void =>
    anomalyScores(forest, batch, batch.length / forest.featureCount, lengths);
  const explain = (batch: Float64Array): void =>
    explainer.explainBatch(batch, batch.length / forest.featureCount, shap, lengths);
  return {
    method: explainer.method,
    players: explainer.playerCount,
    tableMegabytes: Math.round(explainer.tableBytes / 1e4) / 100,
    nodes: forest.feature.length,
    scoreBatch: perEvent(inBatchesOf(BATCH_ROWS), score),
    scoreSingle: perEvent(inBatchesOf(1), score),
    scoreAndShapBatch: perEvent(inBatchesOf(BATCH_ROWS), explain),
    scoreAndShapBatch64: perEvent(inBatchesOf(64), explain),
    scoreAndShapSingle: perEvent(inBatchesOf(1), explain),
  };
}

function measureTraining(grower: Grower, rowCount: number): Spread {
  const rows = correlatedRows(rowCount, 3, 1);
  const train = (): void => {
    growForest({ rows, featureCount: 3, trees: 100, subsampleSize: 256, random: seededRandom(1), grower });
  };
  return spread(time(5, train));
}

function grow(featureCount: number, subsampleSize: number): CompiledForest {
  const rows = correlatedRows(10_000, featureCount, 1);
  return growForest({
    rows,
    featureCount,
    trees: 100,
    subsampleSize,
    random: seededRandom(1),
    grower: 'own',
  });
}

function report(): Record<string, unknown> {
  const three = grow(3, 256);
  const many = grow(38, 256);
  const statistics = grow(228, 1024);
  const metrics = Int32Array.from({ length: 228 }, (_, feature) => feature % 38);
  return {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
    microsecondsPerEvent: {
      trees100Psi256Features3: measureForest(three, createExplainer(three)),
      trees100Psi256Features3ByPaths: measureForest(three, createExplainer(three, { maximumTableBytes: 0 })),
      trees100Psi256Features38: measureForest(many, createExplainer(many)),
      trees100Psi1024Features228Groups38: measureForest(
        statistics,
        createExplainer(statistics, { groups: metrics }),
      ),
    },
    trainingMilliseconds: {
      package10000x3: measureTraining('package', 10_000),
      package100000x3: measureTraining('package', 100_000),
      own10000x3: measureTraining('own', 10_000),
      own100000x3: measureTraining('own', 100_000),
    },
  };
}

process.stdout.write(`${JSON.stringify(report(), null, 2)}\n`);
