import { describe, expect, it } from 'vitest';
import { boundedEvidence, rankedEvidence, strongestMean } from '../../../detection/detectors/strongest.js';
import { COLD_EVIDENCE } from '../../../detection/series/measure.js';

describe('rankedEvidence', () => {
  it('is the evidence while the reading is within 30, and grows with what the reading has beyond it', () => {
    expect(rankedEvidence(12, -29)).toBe(12);
    expect(rankedEvidence(12, 30)).toBe(12);
    expect(rankedEvidence(10, -300)).toBeCloseTo(10 * (1 + Math.log(10)), 12);
    expect(rankedEvidence(13.5, 400)).toBeGreaterThan(rankedEvidence(13.5, 300));
    expect(boundedEvidence(400)).toBe(boundedEvidence(300));
  });

  it('stays finite, and is 0 for what is not a number', () => {
    expect(Number.isFinite(rankedEvidence(30, Number.POSITIVE_INFINITY))).toBe(true);
    expect(rankedEvidence(Number.NaN, 40)).toBe(0);
    expect(rankedEvidence(Number.NaN, Number.NaN)).toBe(0);
    expect(rankedEvidence(2, Number.NaN)).toBe(2);
  });
});

describe('strongestMean', () => {
  it('is the mean of the three largest, each at most 30', () => {
    expect(strongestMean([1, 5, 2, 3])).toBeCloseTo(10 / 3, 12);
    expect(strongestMean([1_000, 0, 0])).toBe(10);
    expect(strongestMean([4, 2])).toBe(3);
    expect(strongestMean([])).toBe(0);
  });

  it('leaves out metrics without evidence: a new one does not make its host look quiet', () => {
    expect(strongestMean([6, COLD_EVIDENCE, Number.NaN])).toBe(6);
    expect(strongestMean([6, 0])).toBe(3);
    expect(strongestMean([COLD_EVIDENCE])).toBe(0);
  });
});
