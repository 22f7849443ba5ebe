import { gaussian, seededRandom } from '../../../common/random.js';
import { createBaselineDetector } from '../../../detection/detectors/baseline.js';
import type { FeatureSource } from '../../../detection/detectors/feature-view.js';
import { createForestInputs } from '../../../detection/detectors/forest-inputs.js';
import { createForestDetector } from '../../../detection/detectors/isolation-forest.js';
import { createZscoreDetector } from '../../../detection/detectors/zscore.js';
import { growForest } from '../../../detection/isolation-forest/grow.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';
import { detectorSuite } from '../../conformance/detector.js';

const METRICS = ['cpu', 'memory', 'network'];

/** An event of a host that has a history; without one, nothing has evidence. */
function event(deviations: readonly number[], hasHistory = true): FeatureSource {
  const evidence = (of: (z: number) => number) => deviations.map((z) => (hasHistory ? of(z) : COLD_EVIDENCE));
  return {
    host: 'web-1',
    metrics: METRICS,
    values: deviations.map((z) => 50 + 10 * z),
    statistics: [
      { name: 'mean', window: 5, values: deviations.map((z) => 50 + 10 * z) },
      { name: 'zscore', window: 0, values: [...deviations] },
      { name: 'tail', window: 0, values: deviations.map((z) => z * z) },
      // Of four aspects the reading is one; here the others are quiet.
      { name: 'zscoreEvidence', window: 0, values: evidence((z) => Math.min(30, Math.abs(z)) / 4) },
      { name: 'tailEvidence', window: 0, values: evidence((z) => Math.min(30, z * z) / 4) },
    ],
    baseline: null,
  };
}

const withoutStatistics: FeatureSource = { ...event([9, 9, 9]), statistics: [] };
const empty: FeatureSource = { host: 'web-1', metrics: [], values: [], statistics: [], baseline: null };

function forestDetector(seed: number) {
  const random = seededRandom(seed);
  const features = METRICS.map((metric) => ({ metric, statistic: 'mean', window: 5, centre: 50, scale: 10 }));
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
  cold: { 'no statistic': withoutStatistics, 'no metric': empty, 'no history': event([9, 9, 9], false) },
});
detectorSuite({
  name: 'baseline',
  create: createBaselineDetector,
  event,
  cold: {
    'no statistic': withoutStatistics,
    'no baseline in use': event([9, 9, 9], false),
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
