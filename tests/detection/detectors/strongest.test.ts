import { describe, expect, it } from 'vitest';
import { boundedEvidence, rankingEvidence, strongestMean } from '../../../detection/detectors/strongest.js';

describe('rankingEvidence', () => {
  it('is the score up to 30, and ranks what both have beyond it', () => {
    expect(rankingEvidence(-12)).toBe(12);
    expect(rankingEvidence(30)).toBe(30);
    expect(rankingEvidence(-300)).toBeCloseTo(30 * (1 + Math.log(10)), 12);
    expect(rankingEvidence(400)).toBeGreaterThan(rankingEvidence(300));
    expect(boundedEvidence(400)).toBe(boundedEvidence(300));
  });

  it('stays finite, and is 0 for what is not a number', () => {
    expect(Number.isFinite(rankingEvidence(Number.POSITIVE_INFINITY))).toBe(true);
    expect(rankingEvidence(Number.NaN)).toBe(0);
    expect(rankingEvidence(undefined)).toBe(0);
  });
});

describe('strongestMean', () => {
  it('is the mean of the three largest sizes, each at most 30', () => {
    expect(strongestMean([1, -5, 2, 3])).toBeCloseTo(10 / 3, 12);
    expect(strongestMean([1_000, 0, 0])).toBe(10);
    expect(strongestMean([])).toBe(0);
  });
});
