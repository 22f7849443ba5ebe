import { gaussian, seededRandom } from '../../common/random.js';
import type { CompiledForest } from '../../detection/isolation-forest/forest.js';
import { growForest } from '../../detection/isolation-forest/grow.js';

/** Trees of every forest measured. */
export const TREES = 100;
/** Rows per tree of every forest measured, but that of the recipe. */
export const SUBSAMPLE = 256;
const CAUSES = 6;

/** Returns `count` rows, row-major, whose columns share a few hidden causes, as the metrics of a host do. */
export function correlatedRows(count: number, featureCount: number, seed: number): Float64Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const rows = new Float64Array(count * featureCount);
  const causes = new Float64Array(CAUSES);
  for (let row = 0; row < count; row += 1) {
    for (let cause = 0; cause < CAUSES; cause += 1) causes[cause] = gaussian(random);
    for (let column = 0; column < featureCount; column += 1) {
      rows[row * featureCount + column] = (causes[column % CAUSES] ?? 0) + 0.5 * gaussian(random);
    }
  }
  return rows;
}

/** Returns a forest of 100 trees, subsample 256, grown from 10,000 rows of the given width. */
export function grownForest(featureCount: number): CompiledForest {
  return growForest({
    rows: correlatedRows(10_000, featureCount, 1),
    featureCount,
    trees: TREES,
    subsampleSize: SUBSAMPLE,
    random: seededRandom(1),
    grower: 'own',
  });
}
