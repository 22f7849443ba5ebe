import { EVIDENCE_FEATURES } from './evidence-features.js';
import {
  deviationAt,
  meanAt,
  NOVELTY_AT,
  TAIL_AT,
  TAIL_EVIDENCE_AT,
  ZSCORE_AT,
  ZSCORE_EVIDENCE_AT,
} from './point.js';

/** One number about one point of a series, as it stands in the features record. */
export interface SeriesStatistic {
  readonly name: string;
  /** Points that it looks back over, the current one included; 0 = the gated history of the series. */
  readonly window: number;
  /** Its place in the point. */
  readonly at: number;
}

/** Windows whose mean and standard deviation are written down: what the forest reads. */
const WRITTEN_WINDOWS = [5, 20, 100] as const;

/**
 * The statistics of every metric, in the order of the features record. Another one is one more line:
 * - `mean`, `standardDeviation`: of the last 5, 20, 100 points, in the unit of the metric;
 * - `zscore...`, `tail...`: per aspect, distance to the long-run mean in long-run deviations (signed), and tail surprise;
 * - `zscoreEvidence`, `tailEvidence`: what the two methods make of them;
 * - `novelty`: how surprisingly unlike everything before it the point is, nats; -1 while cold, of a second metric, and on hosts with two warm ones.
 */
export const STATISTICS: readonly SeriesStatistic[] = [
  ...WRITTEN_WINDOWS.flatMap((window) => [
    { name: 'mean', window, at: meanAt(window) },
    { name: 'standardDeviation', window, at: deviationAt(window) },
  ]),
  ...EVIDENCE_FEATURES.map(({ suffix, window }, k) => ({
    name: `zscore${suffix}`,
    window,
    at: ZSCORE_AT + k,
  })),
  ...EVIDENCE_FEATURES.map(({ suffix, window }, k) => ({ name: `tail${suffix}`, window, at: TAIL_AT + k })),
  { name: 'zscoreEvidence', window: 0, at: ZSCORE_EVIDENCE_AT },
  { name: 'tailEvidence', window: 0, at: TAIL_EVIDENCE_AT },
  { name: 'novelty', window: 0, at: NOVELTY_AT },
];
