import type { Baseline } from '../../schemas/baseline.js';
import type { Deployment } from '../../schemas/deployment.js';
import type { DriftReport } from '../../schemas/drift-report.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import type { ModelVersion } from '../../schemas/model-version.js';
import type { Prediction } from '../../schemas/prediction.js';
import type { Truth } from '../../schemas/truth.js';
import type { WindowState } from '../../schemas/window-state.js';

const ID = '3f1c9a52-8d61-4a7e-9b0c-5d1e2f3a4b5c:123456';
const HOST = 'web-17.example';
const METRICS = ['cpu.user', 'disk.used', 'memory.used'];
const VALUES = [12.345, 81.25, 67.01];
const TIME = 1_760_000_000_123;

/** A valid metric event of three metrics. */
export const metricEvent: MetricEvent = {
  id: ID,
  host: HOST,
  timestamp: TIME,
  source: 'collector',
  metrics: METRICS,
  values: VALUES,
  labels: { group: 'web', site: 'Zürich' },
};

/** A valid features record of three metrics and eight statistics. */
export const featureEvent: FeatureEvent = {
  id: ID,
  host: HOST,
  group: 'web',
  timestamp: TIME,
  sourcePartition: 3,
  sourceOffset: 9_007_199_254,
  appendTime: TIME + 40,
  metrics: METRICS,
  values: VALUES,
  statistics: [
    { name: 'mean', window: 5, values: [12, 81, 67] },
    { name: 'standardDeviation', window: 5, values: [0.5, 0.25, 0.125] },
    { name: 'mean', window: 20, values: [12.1, 81.1, 67.1] },
    { name: 'standardDeviation', window: 20, values: [0.6, 0.3, 0.2] },
    { name: 'zscore', window: 0, values: [0.4, -1.5, 30] },
    { name: 'tail', window: 0, values: [0.7, 2.25, 0] },
    { name: 'zscoreEvidence', window: 0, values: [0.25, 1.125, 13.5] },
    { name: 'tailEvidence', window: 0, values: [0.5, 1.25, 0] },
  ],
  baseline: { version: [2, 2, 0], mean: [12, 80, 0], standardDeviation: [1, 2, 0], p99: [15, 86, 0] },
  warmingUp: true,
  late: false,
  latenessMs: 0,
  labels: { group: 'web' },
};

/** A valid verdict. */
export const prediction: Prediction = {
  id: ID,
  host: HOST,
  group: 'web',
  timestamp: TIME,
  sourceOffset: 77,
  metrics: METRICS,
  values: VALUES,
  score: 0.625,
  isAnomaly: true,
  confidence: 2 / 3,
  methods: [
    { name: 'zscore', score: 0.7, threshold: 0.5, isAnomaly: true },
    { name: 'iforest', score: 0.55, threshold: 0.5, isAnomaly: true },
  ],
  contributions: [0.125, 0.75, 0.125],
  shap: [-0.5, -1.75, 0.25],
  expectedValue: 10.25,
  why: [
    { metric: 'disk.used', weight: 0.625, zscore: -1.5 },
    { metric: 'memory.used', weight: -0.125, zscore: 30 },
  ],
  modelVersion: 'v1760000000000-abcdef12',
  role: 'production',
  baselineVersion: 2,
  warmingUp: false,
  late: true,
  supersedes: 'an-older:1',
};

/** One valid record of every schema, with every optional part there, by the name of its `.avsc`. */
export const SAMPLES: Readonly<Record<string, object>> = {
  'metric-event': metricEvent,
  'feature-event': featureEvent,
  prediction,
  baseline: {
    host: HOST,
    metric: 'cpu.user',
    version: 3,
    mean: 12.5,
    standardDeviation: 0.5,
    min: 11,
    max: 14.5,
    sampleCount: 120,
    p50: 12.25,
    p95: 13.5,
    p99: 14.25,
    hourOfDay: Array.from({ length: 24 }, (_, hour) => hour / 2),
    from: TIME - 1000,
    to: TIME,
    sketch: Buffer.from([1, 0, 255, 128]),
  } satisfies Baseline,
  deployment: {
    model: 'iforest.web',
    production: 'v1-aaaaaaaa',
    shadow: 'v2-bbbbbbbb',
    canary: 'v3-cccccccc',
    canaryShare: 0.25,
    archived: ['v0-00000000'],
    changedAt: TIME,
    changedBy: 'rollout',
  } satisfies Deployment,
  'drift-report': {
    id: `${HOST}:4711`,
    group: 'web',
    host: HOST,
    from: TIME - 3_600_000,
    to: TIME,
    onset: TIME - 1_800_000,
    metrics: [
      {
        metric: 'cpu.user',
        test: 'ks',
        statistic: 0.75,
        limit: 0.3,
        pValue: 1e-300,
        effect: 4.5,
        medianThen: 12,
        medianNow: 30,
        sampleSize: 360,
        effectiveSampleSize: 41.5,
        referenceSize: 8640,
        confirmed: true,
      },
    ],
    drifted: true,
    severity: 7,
    size: 0.8,
    harm: 0.4,
    lateRecords: 2,
    modelVersion: 'v1-aaaaaaaa',
    recommendation: 'Investigate the host.',
  } satisfies DriftReport,
  'model-version': {
    model: 'iforest.web',
    version: 'v1760000000000-abcdef12',
    group: 'web',
    kind: 'isolation-forest',
    provisional: false,
    features: [{ metric: 'cpu.user', statistic: 'mean', window: 20, centre: 0.1, scale: 1.5 }],
    scaling: [{ host: HOST, centres: [0.2], scales: [1.25] }],
    trees: 100,
    subsampleSize: 256,
    seed: 42,
    contamination: 0.01,
    forest: Buffer.from([1, 2, 3]),
    calibration: [{ method: 'iforest', median: 0.4, q99: 0.6, threshold: 1.25 }],
    threshold: 1.1,
    driftBlockMs: 600_000,
    driftWindowBlocks: 6,
    reference: [
      {
        host: HOST,
        metric: 'cpu.user',
        statistic: 'value',
        limit: 0.35,
        windows: 12,
        rows: 8640,
        state: Buffer.from([1, 0, 255]),
      },
    ],
    trainedFrom: TIME - 86_400_000,
    trainedTo: TIME,
    rows: 8640,
    hosts: [HOST],
    metrics: { seconds: 1.5, f1: 0.9 },
    dataFingerprint: 'cd'.repeat(32),
    parent: 'v1-aaaaaaaa',
    gitCommit: 'ef'.repeat(20),
    created: TIME,
    contentHash: 'ab'.repeat(32),
  } satisfies ModelVersion,
  truth: {
    id: 'incident-1',
    host: HOST,
    kind: 'level_shift',
    metrics: ['cpu.user'],
    from: TIME,
    to: TIME + 1,
    magnitude: 1.5,
    cause: 'schedule',
  } satisfies Truth,
  'window-state': {
    host: HOST,
    sourceOffset: 99,
    appendTime: TIME,
    state: Buffer.from([1, 9, 8, 7]),
  } satisfies WindowState,
};
