import { describe, expect, it } from 'vitest';
import { nabHeldOut } from '../../../detection/evaluation/nab-held-out.js';
import { nabBest } from '../../../detection/evaluation/nab-score.js';
import { NAB_PROFILES, type NabSeries } from '../../../detection/evaluation/nab-sweep.js';

const [STANDARD] = NAB_PROFILES;
const ROWS = 200;
const WINDOW = { start: 100, end: 120 };

/** A file that is quiet but for one score at its window's left edge, and one outside. */
function file(name: string, hit: number, miss: number): NabSeries {
  const scores = new Float64Array(ROWS);
  scores[WINDOW.start] = hit;
  scores[50] = miss;
  return { name, scores, windows: [WINDOW] };
}

describe('NAB with each file held out', () => {
  it('is the full figure where one threshold suits every file', () => {
    const corpus = [file('a', 0.9, 0.1), file('b', 0.8, 0.2), file('c', 0.8, 0.3)];
    expect(nabHeldOut(corpus, STANDARD)).toBeCloseTo(100, 9);
  });

  it('pays nothing for a threshold that only the file itself would choose', () => {
    const corpus = [file('a', 0.9, 0.1), file('b', 0.9, 0.2), file('c', 0.3, 0.2)];
    // The others ask for 0.9: the window of c, a third of all, is missed.
    expect(nabHeldOut(corpus, STANDARD)).toBeCloseTo((100 * 2) / 3, 9);
    expect(nabBest(corpus, STANDARD).normalized).toBeGreaterThan(95);
  });

  it('refuses a corpus whose windows lie in one file', () => {
    const quiet = { name: 'quiet', scores: new Float64Array(ROWS), windows: [] };
    expect(() => nabHeldOut([file('a', 0.9, 0.1), quiet], STANDARD)).toThrow(RangeError);
  });
});
