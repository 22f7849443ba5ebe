import { describe, expect, it } from 'vitest';
import { createBaselineDetector } from '../../../detection/detectors/baseline.js';
import { createLayoutCache, type FeatureSource } from '../../../detection/detectors/feature-view.js';
import { createZscoreDetector } from '../../../detection/detectors/zscore.js';

const METRICS = ['a', 'b', 'c', 'd'];
const EVIDENCE = [1, 13.5, 2, 13.5];

/** An event whose readings look quiet or loud, whatever its evidence says. */
function event(readings: readonly number[]): FeatureSource {
  const columns = ['zscore', 'tail'].map((name) => ({ name, window: 0, values: readings }));
  return {
    host: 'web-1',
    metrics: METRICS,
    values: [0, 0, 0, 0],
    statistics: [
      ...columns,
      { name: 'zscoreEvidence', window: 0, values: EVIDENCE },
      { name: 'tailEvidence', window: 0, values: EVIDENCE },
    ],
    baseline: { version: [0, 0, 0, 2] },
  };
}

describe.each([createZscoreDetector(), createBaselineDetector()])('$name', (detector) => {
  it('scores by what all aspects of a series say together, not by its reading alone', () => {
    const quiet = createLayoutCache().viewOf(event([0, 0, 0, 0]));
    const loud = createLayoutCache().viewOf(event([500, 0, 0, 0]));
    expect(detector.score(quiet)).toBeCloseTo((13.5 + 13.5 + 2) / 3, 12);
    expect(detector.score(loud)).toBe(detector.score(quiet));
  });

  it('ranks equal evidence by the readings, as explanations need it', () => {
    const out = new Float64Array(4);
    detector.evidence(createLayoutCache().viewOf(event([0, 100, 0, 4_000])), out);
    expect([out[0], out[2]]).toEqual([1, 2]);
    expect(out[1]).toBeCloseTo(13.5 * (1 + Math.log(100 / 30)), 12);
    expect(out[3]).toBeGreaterThan(out[1] as number);
  });
});
