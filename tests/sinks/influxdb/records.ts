import type { MetricEvent } from '../../../schemas/metric-event.js';
import type { Prediction } from '../../../schemas/prediction.js';

/** Returns a metric event; the parts that a test is about are given. */
export function metricEvent(parts: Partial<MetricEvent> = {}): MetricEvent {
  return {
    id: 'producer:1',
    host: 'web-1',
    timestamp: 1_700_000_000_000,
    source: 'simulator',
    metrics: ['cpu', 'memory'],
    values: [12.5, 40],
    labels: {},
    ...parts,
  };
}

/** Returns a verdict on seven metrics by three methods; the parts that a test is about are given. */
export function prediction(parts: Partial<Prediction> = {}): Prediction {
  return {
    id: 'producer:1',
    host: 'web-1',
    group: 'web',
    timestamp: 1_700_000_000_000,
    sourceOffset: 1_000_042,
    metrics: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    values: [1, 2, 3, 4, 5, 6, 7],
    score: 0.25,
    isAnomaly: false,
    confidence: 1,
    methods: [
      { name: 'zscore', score: 0.2, threshold: 0.5, isAnomaly: false },
      { name: 'iforest', score: 0.75, threshold: 0.5, isAnomaly: true },
    ],
    contributions: [0.1, 0.2, 0.05, 0.3, 0.05, 0.1, 0.2],
    shap: [-0.1, 0.2, -3, 0.4, 5, -0.6, 0],
    expectedValue: 7.5,
    why: [
      { metric: 'c', weight: 0.5, zscore: 4 },
      { metric: 'e', weight: -0.25, zscore: 0.5 },
    ],
    modelVersion: 'v1700000000000-0a1b2c3d',
    role: 'production',
    baselineVersion: 3,
    warmingUp: false,
    late: false,
    supersedes: null,
    ...parts,
  };
}
