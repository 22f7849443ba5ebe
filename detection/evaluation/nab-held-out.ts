import { nabBest, nabFile } from './nab-score.js';
import type { NabProfile, NabSeries } from './nab-sweep.js';

/**
 * Returns the figure, at most 100, of a corpus in which every file is judged at the threshold that suits all the others best: what labels of some files are worth on the
 * next one. A threshold that fits one file alone earns nothing here; a detector whose scores mean the same everywhere loses little against `nabBest`. O(files x n log n).
 * @throws RangeError when the files but one hold no window, and on what `nabSweep` refuses
 */
export function nabHeldOut(corpus: readonly NabSeries[], profile: NabProfile): number {
  let earned = 0;
  let silent = 0;
  let windows = 0;
  for (const series of corpus) {
    const others = corpus.filter((other) => other !== series);
    earned += nabFile(series, profile, nabBest(others, profile).threshold).score;
    silent += nabFile(series, profile, Number.POSITIVE_INFINITY).score;
    windows += series.windows.length;
  }
  return (100 * (earned - silent)) / (profile.truePositive * windows - silent);
}
