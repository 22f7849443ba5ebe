/**
 * Measures the isolation forest at the shapes that are asked for: score, score and exact Shapley values by batch size, WebAssembly beside
 * JavaScript as the control, and the steps in which a model is decoded and compiled. Prints one JSON object per line. Run after
 * `npm run build`: node dist/benchmarks/detection/isolation-forest.js
 */
import { cpus } from 'node:os';
import { gaussian, seededRandom } from '../../common/random.js';
import {
  createExplainer,
  type ExplainerOptions,
  explainerSteps,
} from '../../detection/isolation-forest/explain.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { growForest } from '../../detection/isolation-forest/grow.js';
import { anomalyScores } from '../../detection/isolation-forest/score.js';
import { decodeForestSteps, encodeForest } from '../../detection/isolation-forest/state.js';
import type { Steps } from '../../detection/isolation-forest/steps.js';
import { spreadOf } from '../stream/spread.js';
import { type Measurement, perEvent, timeWarm } from './measurement.js';
import { correlatedRows, TREES } from './rows.js';

const EVENTS = 512;
const REPEATS = 15;
const BATCHES = [256, 64, 16, 1] as const;
const WINDOWS = [5, 20, 100] as const;
const STATISTICS = 2 * WINDOWS.length;
const HISTORY = 10_000;

interface Shape {
  readonly name: string;
  readonly subsampleSize: number;
  readonly featureCount: number;
  readonly rowsOf: (count: number, seed: number) => Float64Array;
  readonly options: ExplainerOptions;
}

/** Each feature a player. */
function ofFeatures(featureCount: number): Shape {
  return {
    name: `${featureCount} features, subsample 256`,
    subsampleSize: 256,
    featureCount,
    rowsOf: (count, seed) => correlatedRows(count, featureCount, seed),
    options: {},
  };
}

/** Each metric a player, with the mean and the deviation of three windows: what the shipped forest sees. */
function ofMetrics(metrics: number): Shape {
  const featureCount = metrics * STATISTICS;
  return {
    name: `${featureCount} features of ${metrics} metrics, subsample 1024`,
    subsampleSize: 1024,
    featureCount,
    rowsOf: (count, seed) => windowedRows(count, metrics, seed),
    options: { groups: Int32Array.from({ length: featureCount }, (_, i) => Math.floor(i / STATISTICS)) },
  };
}

/** Rows of windowed statistics of metrics that wander with shared causes. */
function windowedRows(count: number, metrics: number, seed: number): Float64Array {
  const longest = Math.max(...WINDOWS);
  const series = wanderingMetrics(count + longest, metrics, seed);
  const rows = new Float64Array(count * metrics * STATISTICS);
  for (let row = 0; row < count; row += 1) {
    for (let metric = 0; metric < metrics; metric += 1) {
      WINDOWS.forEach((window, index) => {
        const end = row + longest;
        const at = (row * metrics + metric) * STATISTICS + 2 * index;
        rows.set(meanAndDeviation(series[metric]?.subarray(end - window, end) ?? new Float64Array(0)), at);
      });
    }
  }
  return rows;
}

function wanderingMetrics(length: number, metrics: number, seed: number): Float64Array[] {
  const random = seededRandom(seed);
  const causes = new Float64Array(6);
  const series = Array.from({ length: metrics }, () => new Float64Array(length));
  for (let time = 0; time < length; time += 1) {
    for (let i = 0; i < causes.length; i += 1) causes[i] = 0.97 * (causes[i] ?? 0) + 0.25 * gaussian(random);
    series.forEach((values, metric) => {
      values[time] = (causes[metric % causes.length] ?? 0) + 0.3 * gaussian(random);
    });
  }
  return series;
}

function meanAndDeviation(values: Float64Array): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / values.length)];
}

function grow({ featureCount, subsampleSize, rowsOf }: Shape): CompiledForest {
  const random = seededRandom(1);
  const rows = rowsOf(HISTORY, 1);
  return growForest({ rows, featureCount, trees: TREES, subsampleSize, random, grower: 'own' });
}

/** Longest and total wall time, ms, of the steps of something done several times: the pauses of an event loop that takes turns with them. */
function measureSteps(name: string, start: () => Steps<unknown>): Measurement {
  const runs = Array.from({ length: REPEATS }, () => {
    const steps = start();
    const run = { longest: 0, total: 0, count: 0 };
    for (let isDone = false; !isDone; run.count += 1) {
      const begun = performance.now();
      isDone = steps.next().done === true;
      const milliseconds = performance.now() - begun;
      run.longest = Math.max(run.longest, milliseconds);
      run.total += milliseconds;
    }
    return run;
  });
  const totalMs = spreadOf(runs.map(({ total }) => total)).median;
  const facts = { totalMs, steps: runs[0]?.count ?? 0 };
  return { name, unit: 'ms', spread: spreadOf(runs.map(({ longest }) => longest)), facts };
}

function measure(shape: Shape): Measurement[] {
  const forest = grow(shape);
  const bytes = encodeForest(forest);
  // First, because the first run is the one that matters: of a process that has compiled no model yet.
  const steps = [
    measureSteps('longest step of decoding', () => decodeForestSteps(bytes)),
    measureSteps('longest step of compiling', () => explainerSteps(forest, shape.options)),
  ];
  const rows = shape.rowsOf(EVENTS, 7);
  const lengths = new Float64Array(EVENTS);
  const scores = BATCHES.map((size) => {
    const batches = batchesOf(rows, size * forest.featureCount);
    const run = () => {
      for (const batch of batches) anomalyScores(forest, batch, size, lengths);
    };
    return perEvent(`score, batches of ${size}`, EVENTS, timeWarm(REPEATS, run));
  });
  const explained = BATCHES.map((size) => measureExplainer(forest, { rows, size, options: shape.options }));
  const options = { ...shape.options, maximumTableBytes: 0, vectorised: false };
  const control = measureExplainer(forest, { rows, size: 64, options });
  return [...steps, ...scores, ...explained, { ...control, name: `${control.name}, paths in JavaScript` }];
}

function measureExplainer(
  forest: CompiledForest,
  { rows, size, options }: { rows: Float64Array; size: number; options: ExplainerOptions },
): Measurement {
  const explainer = createExplainer(forest, options);
  const lengths = new Float64Array(size);
  const shap = new Float64Array(size * explainer.playerCount);
  const batches = batchesOf(rows, size * forest.featureCount);
  const run = () => {
    for (const batch of batches) explainer.explainBatch(batch, size, shap, lengths);
  };
  const measured = perEvent(`score and SHAP, batches of ${size}`, EVENTS, timeWarm(REPEATS, run));
  const tableMegabytes = Math.round(explainer.tableBytes / 1e4) / 100;
  const facts = { ...measured.facts, method: explainer.method, tableMegabytes, nodes: forest.feature.length };
  return { ...measured, facts };
}

function batchesOf(rows: Float64Array, length: number): Float64Array[] {
  return Array.from({ length: rows.length / length }, (_, i) => rows.subarray(i * length, (i + 1) * length));
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

print({ machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version } });
for (const shape of [ofFeatures(3), ofFeatures(38), ofMetrics(3), ofMetrics(8), ofMetrics(38)]) {
  for (const measurement of measure(shape)) print({ shape: shape.name, ...measurement });
}
