import { seededRandom } from '../../common/random.js';
import { type Grower, growForest } from '../../detection/isolation-forest/grow.js';
import { trainPublished } from '../references/published-package.js';
import { spreadOf } from '../stream/spread.js';
import { type Measurement, type Task, type Timed, timeOnce } from './measurement.js';
import { rowsOf } from './on-reference-forest.js';
import { correlatedRows, SUBSAMPLE, TREES } from './rows.js';

const TRAINED_FEATURES = 3;

/** Returns a subject: seconds of growing 100 trees of subsample 256 from `shape` rows of 3 features, and the memory that it took. */
export function measureGrower(grower: Grower): (task: Task) => Measurement[] {
  return ({ shape, repeats }) => {
    const rows = correlatedRows(shape, TRAINED_FEATURES, 1);
    return trainingOf(repeats, () =>
      growForest({
        rows,
        featureCount: TRAINED_FEATURES,
        trees: TREES,
        subsampleSize: SUBSAMPLE,
        random: seededRandom(1),
        grower,
      }),
    );
  };
}

/** Seconds of ml-isolation-forest as it is published over `shape` rows of 3 features, every row in all of its 100 trees. */
export function measurePublished({ shape, repeats }: Task): Measurement[] {
  const rows = rowsOf(correlatedRows(shape, TRAINED_FEATURES, 1), TRAINED_FEATURES);
  return trainingOf(repeats, () => trainPublished(rows));
}

/**
 * Returns time and memory of a training that runs in this process for the first time: nobody trains twice in a row, so the first run, with
 * a cold compiler, counts too, and stands in the facts. Memory is the highest resident size above that before the training.
 */
export function trainingOf(repeats: number, train: () => unknown): Measurement[] {
  const before = process.memoryUsage.rss();
  const runs: Timed[] = Array.from({ length: repeats }, () => timeOnce(train));
  const peakBytes = process.resourceUsage().maxRSS * 1_024;
  const seconds = runs.map(({ cpuMicroseconds }) => cpuMicroseconds / 1e6);
  const wall = spreadOf(
    runs.map(({ wallMicroseconds }) => wallMicroseconds / 1e6),
    3,
  );
  return [
    {
      name: 'training',
      unit: 's',
      spread: spreadOf(seconds, 3),
      facts: { first: spreadOf(seconds.slice(0, 1), 3).median, wallMedian: wall.median },
    },
    {
      name: 'training memory',
      unit: 'MB',
      spread: spreadOf([Math.max(0, peakBytes - before) / 1e6], 1),
      facts: { peakRssMb: Math.round(peakBytes / 1e6) },
    },
  ];
}
