/**
 * Measures scoring per event: verdict with SHAP, the same and the encoded record, and decoding of the features, at 3
 * metrics and 100 trees (and 16 metrics). Prints JSON. Run after `npm run build`: node dist/benchmarks/detection/score.js
 */
import { cpus } from 'node:os';
import { gaussian, seededRandom } from '../../common/random.js';
import { createLayoutCache } from '../../detection/detectors/feature-view.js';
import { emptyHost } from '../../detection/series/host-state.js';
import { observe } from '../../detection/series/observe.js';
import { train } from '../../jobs/train/core.js';
import { createScorer } from '../../processors/score/core.js';
import { compileModel } from '../../processors/score/model.js';
import { type FeatureEvent, featureEventCodec } from '../../schemas/feature-event.js';
import { predictionCodec } from '../../schemas/prediction.js';

const TRAINING_EVENTS = 5_000;
const MEASURED_EVENTS = 4_096;
const REPEATS = 9;

function simulate(metricCount: number, events: number): FeatureEvent[] {
  const random = seededRandom(11);
  const state = emptyHost();
  const metrics = Array.from({ length: metricCount }, (_, i) => `metric_${String(i).padStart(2, '0')}`);
  return Array.from({ length: events }, (_, event) => {
    const load = gaussian(random);
    const values = metrics.map((_, i) => 50 + i + 3 * load + 2 * gaussian(random));
    const timestamp = 1_800_000_000_000 + 1_000 * event;
    const seen = observe(state, { timestamp, appendTime: timestamp, metrics, values }, 86_400_000);
    return {
      id: `01234567-89ab-cdef-0123-456789abcdef:${event}`,
      host: 'bench-1',
      group: 'bench',
      timestamp,
      sourcePartition: 0,
      sourceOffset: event,
      appendTime: timestamp,
      metrics,
      values,
      statistics: seen.statistics,
      baseline: seen.baseline,
      warmingUp: seen.warmingUp,
      late: seen.late,
      latenessMs: seen.latenessMs,
      labels: {},
    };
  });
}

interface Microseconds {
  readonly samples: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/**
 * CPU microseconds per event of each repeat, after two that warm the compiler up. CPU and not wall time: what else runs on the
 * machine does not count.
 */
function perEvent(events: number, run: () => void): Microseconds {
  run();
  run();
  const measured = Array.from({ length: REPEATS }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / events;
  }).sort((a, b) => a - b);
  const at = (index: number): number => Math.round((measured[index] ?? Number.NaN) * 100) / 100;
  return { samples: REPEATS, minimum: at(0), median: at(REPEATS >> 1), maximum: at(REPEATS - 1) };
}

function measure(metricCount: number, batch: number): Record<string, unknown> {
  const events = simulate(metricCount, TRAINING_EVENTS + MEASURED_EVENTS);
  const trainingStart = process.cpuUsage();
  const trained = train(events.slice(0, TRAINING_EVENTS), {
    group: 'bench',
    created: 0,
    seed: 1,
    trees: 100,
    subsampleSize: 256,
    contamination: 0.01,
    minimumRows: 50,
    maximumRows: 10_000,
    parent: null,
    drift: { blockMs: 3_600_000, windowBlocks: 24 },
  });
  const trainingMs = process.cpuUsage(trainingStart).user / 1000;
  if (!trained.ok) throw new Error(trained.reason);
  const compileStart = process.cpuUsage();
  const compiled = compileModel(trained.model);
  const compileMs = process.cpuUsage(compileStart).user / 1000;
  if (!compiled.ok) throw new Error(compiled.reason);
  const { model } = compiled;
  const live = events.slice(TRAINING_EVENTS);
  const scorer = createScorer({ models: { current: () => model }, mode: 'mean', additivityEvery: 64 });
  const batches = Array.from({ length: MEASURED_EVENTS / batch }, (_, i) =>
    live.slice(i * batch, (i + 1) * batch),
  );
  const encoded = live.map((event) => Buffer.from(featureEventCodec.encode(event)));
  // What comes from the topic brings its own copies of all names; what comes from `window` in the same process does not.
  const decoded = batches.map((events) => events.map((event) => structuredClone(event)));
  const layouts = createLayoutCache();
  const rows = batches.map((part) => {
    const matrix = new Float64Array(batch * model.inputs.featureCount);
    part.forEach((event, row) => {
      model.inputs.fill(layouts.viewOf(event), matrix, row * model.inputs.featureCount);
    });
    return matrix;
  });
  const shap = new Float64Array(batch * model.explainer.playerCount);
  const lengths = new Float64Array(batch);
  return {
    metrics: metricCount,
    batch,
    trainingRows: TRAINING_EVENTS,
    trainingCpuMs: Math.round(trainingMs),
    compileCpuMs: Math.round(compileMs),
    modelBytes: trained.model.forest.length,
    explainer: model.explainer.method,
    tableMegabytes: Math.round(model.explainer.tableBytes / 1e4) / 100,
    // The control: the same rows through the explainer alone.
    explainOnly: perEvent(MEASURED_EVENTS, () => {
      for (const part of rows) model.explainer.explainBatch(part, batch, shap, lengths);
    }),
    scoreWithShap: perEvent(MEASURED_EVENTS, () => {
      for (const part of batches) scorer.scoreBatch(part);
    }),
    scoreWithShapOfDecoded: perEvent(MEASURED_EVENTS, () => {
      for (const part of decoded) scorer.scoreBatch(part);
    }),
    scoreWithShapAndEncode: perEvent(MEASURED_EVENTS, () => {
      for (const part of batches) {
        for (const prediction of scorer.scoreBatch(part)) predictionCodec.encode(prediction);
      }
    }),
    decodeFeatures: perEvent(MEASURED_EVENTS, () => {
      for (const bytes of encoded) featureEventCodec.decode(bytes);
    }),
    additivityBroken: scorer.figures().additivityBroken,
  };
}

const cpuBefore = process.cpuUsage();
const shapes = (process.argv[2] ?? '3x512,3x64,16x512')
  .split(',')
  .map((shape) => shape.split('x').map(Number));
const results = shapes.map(([metrics = 3, batch = 512]) => measure(metrics, batch));
const { user, system } = process.cpuUsage(cpuBefore);
process.stdout.write(
  `${JSON.stringify(
    {
      unit: 'CPU microseconds per event',
      trees: 100,
      subsample: 256,
      machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
      cpuSeconds: (user + system) / 1e6,
      results,
    },
    null,
    2,
  )}\n`,
);
