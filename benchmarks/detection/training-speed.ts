import { seededRandom } from '../../common/random.js';
import { type Grower, growForest } from '../../detection/isolation-forest/grow.js';
import { trainPublished } from '../references/published-package.js';
import { round, spreadOf } from '../stream/spread.js';
import { type Measurement, type Task, timeOnce } from './measurement.js';
import { measurePackage, rowsOf } from './on-reference-forest.js';
import { correlatedRows, SUBSAMPLE, TREES } from './rows.js';

const TRAINED_FEATURES = 3;

/** Returns a subject: seconds of growing 100 trees of subsample 256 from `shape` rows of 3 features, and the memory that it took. */
export function measureGrower(grower: Grower): (task: Task) => Measurement[] {
  return ({ shape, repeats }) => {
    const rows = correlatedRows(shape, TRAINED_FEATURES, 1);
    return trainingOf(repeats, () => {
      growForest({
        rows,
        featureCount: TRAINED_FEATURES,
        trees: TREES,
        subsampleSize: SUBSAMPLE,
        random: seededRandom(1),
        grower,
      });
    });
  };
}

/** Rows that the package predicts after its training. */
const PREDICTED_ROWS = 1_024;

/** ml-isolation-forest as it is published: training on `shape` rows of 3 features, every row in all of its 100 trees, and its predictions then. */
export function measurePublished({ shape, repeats }: Task): Measurement[] {
  const rows = rowsOf(correlatedRows(shape, TRAINED_FEATURES, 1), TRAINED_FEATURES);
  let forest = trainPublished(rows.slice(0, 2));
  const training = trainingOf(repeats, () => {
    forest = trainPublished(rows);
  });
  const fresh = rowsOf(correlatedRows(PREDICTED_ROWS, TRAINED_FEATURES, 7), TRAINED_FEATURES);
  return [...training, ...measurePackage(forest, fresh, repeats)];
}

/**
 * Returns time and memory of a training that runs in this process for the first time: nobody trains twice in a row, so the first run, with
 * a cold compiler, counts too, and stands in the facts. Memory is the highest resident size of that run above the one before it.
 */
export function trainingOf(repeats: number, train: () => void): Measurement[] {
  const before = process.memoryUsage.rss();
  const first = timeOnce(train);
  const peakBytes = process.resourceUsage().maxRSS * 1_024;
  const runs = [first, ...Array.from({ length: repeats - 1 }, () => timeOnce(train))];
  const cpu = runs.map(({ cpuMicroseconds }) => cpuMicroseconds / 1e6);
  const wall = runs.map(({ wallMicroseconds }) => wallMicroseconds / 1e6);
  return [
    {
      name: 'training',
      unit: 's',
      spread: spreadOf(cpu, 3),
      facts: { first: round(first.cpuMicroseconds / 1e6, 3), wallMedian: spreadOf(wall, 3).median },
    },
    {
      name: 'training memory',
      unit: 'MB',
      spread: spreadOf([Math.max(0, peakBytes - before) / 1e6], 1),
      facts: { peakRssMb: Math.round(peakBytes / 1e6) },
    },
  ];
}
