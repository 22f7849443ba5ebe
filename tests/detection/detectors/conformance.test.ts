import { gaussian, seededRandom } from '../../../common/random.js';
import { createBaselineDetector } from '../../../detection/detectors/baseline.js';
import type { FeatureSource } from '../../../detection/detectors/feature-view.js';
import { createForestInputs } from '../../../detection/detectors/forest-inputs.js';
import { createForestDetector } from '../../../detection/detectors/isolation-forest.js';
import { createZscoreDetector } from '../../../detection/detectors/zscore.js';
import { growForest } from '../../../detection/isolation-forest/grow.js';
import { detectorSuite } from '../../conformance/detector.js';

const METRICS = ['cpu', 'memory', 'network'];

function event(deviations: readonly number[], version = 1): FeatureSource {
  return {
    metrics: METRICS,
    values: deviations.map((z) => 50 + 10 * z),
    statistics: [
      { name: 'mean', window: 10, values: [50, 50, 50] },
      { name: 'zscore', window: 0, values: [...deviations] },
      { name: 'tail', window: 0, values: deviations.map((z) => Math.min(30, z * z)) },
    ],
    baseline: { version: [version, 0, 0] },
  };
}

const withoutStatistics: FeatureSource = { ...event([9, 9, 9]), statistics: [] };
const empty: FeatureSource = { metrics: [], values: [], statistics: [], baseline: null };

function forestDetector(seed: number) {
  const random = seededRandom(seed);
  const features = METRICS.map((metric) => ({ metric, statistic: 'zscore', window: 0, centre: 0, scale: 1 }));
  const inputs = createForestInputs(features);
  const rows = Float64Array.from({ length: 400 * 3 }, () => {
    const z = gaussian(random);
    return Math.sign(z) * Math.log1p(Math.abs(z));
  });
  const forest = growForest({ rows, featureCount: 3, trees: 50, subsampleSize: 128, random, grower: 'own' });
  return createForestDetector({ forest, inputs });
}

detectorSuite({
  name: 'zscore',
  create: createZscoreDetector,
  event,
  cold: { 'no statistic': withoutStatistics, 'no metric': empty },
});
detectorSuite({
  name: 'baseline',
  create: createBaselineDetector,
  event,
  cold: {
    'no statistic': withoutStatistics,
    'no baseline': { ...event([9, 9, 9]), baseline: null },
    'baseline not published yet': event([9, 9, 9], 0),
  },
});
detectorSuite({
  name: 'iforest',
  create: forestDetector,
  event,
  cold: {
    'no statistic': withoutStatistics,
    'only unknown metrics': { ...event([9, 9, 9]), metrics: ['a', 'b', 'c'] },
  },
});
