/** One aspect of a series that is compared with what it used to be: its reading, or how much it moves. */
export interface EvidenceFeature {
  /** What the names of its statistics end in: `zscore` and `tail` of the reading, `zscoreOfStep` of the mean step. */
  readonly suffix: '' | 'OfStandardDeviation' | 'OfStep';
  /** Points that it looks back over, the current one included; 0 for the reading itself. */
  readonly window: number;
  /** Points that must be there for it to be complete: what a half-filled window shows is not learnt. */
  readonly completeAfter: number;
  /** |z| counts up to here as evidence: an aspect that is derived from others must not outshout the reading. */
  readonly mostDeviations: number;
}

/**
 * The four aspects, in the order of everything that is kept per aspect. How much a series moves tells more of servers than how high
 * it stands: standard deviations over 10 and 60 points, and the mean absolute step over 10. (docs/detection.md has what each buys.)
 */
export const EVIDENCE_FEATURES: readonly EvidenceFeature[] = [
  { suffix: '', window: 0, completeAfter: 1, mostDeviations: 30 },
  { suffix: 'OfStandardDeviation', window: 10, completeAfter: 10, mostDeviations: 8 },
  { suffix: 'OfStep', window: 10, completeAfter: 11, mostDeviations: 8 },
  { suffix: 'OfStandardDeviation', window: 60, completeAfter: 60, mostDeviations: 8 },
];

/** Number of aspects. */
export const FEATURE_COUNT = EVIDENCE_FEATURES.length;
