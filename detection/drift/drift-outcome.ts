import type { DriftEffect } from './effect.js';

/** One metric that left its known states. */
export interface MetricDrift {
  readonly metric: string;
  /** Kolmogorov-Smirnov distance of the window from the nearest known state, 0..1. */
  readonly distance: number;
  /** The largest such distance within training, at least 0.3: what `distance` had to exceed. */
  readonly limit: number;
  /** The nearest known state: 0 = training, 1 or 2 = adopted since. */
  readonly nearestRegime: number;
  /** When it probably began, ms: confirmation - persistence - limit x window. */
  readonly onset: number;
  /** End of the block whose check confirmed it, ms. */
  readonly confirmedAt: number;
  readonly effect: DriftEffect;
  /** Rows of the nearest known state and of the window. */
  readonly rowsThen: number;
  readonly rowsNow: number;
  /** The same divided by the autocorrelation time of training: about as many independent values. */
  readonly effectiveRowsThen: number;
  readonly effectiveRowsNow: number;
}

/** State of one tested metric after a check. */
export interface MetricCheck {
  readonly metric: string;
  /** Null while the window has too few blocks or rows. */
  readonly distance: number | null;
  readonly limit: number;
  readonly nearestRegime: number;
  /** Checks running beyond the limit. */
  readonly run: number;
  /** Beyond the limit for long enough, and not (or not yet) adopted. */
  readonly confirmed: boolean;
}

/** What to do about a drift report; the reader decides. */
export type DriftRecommendation = 'watch' | 'adopt' | 'investigate';

/** A confirmed drift. `metric`: a note on one or two metrics; `host`: enough metrics within one window. */
export interface DriftReported {
  readonly kind: 'drift';
  readonly scope: 'metric' | 'host';
  /** `updated` when further metrics join an open host report. */
  readonly state: 'opened' | 'updated';
  readonly metrics: readonly MetricDrift[];
  /** Earliest onset of its metrics, ms. */
  readonly onset: number;
  /** The window that was judged: (windowStart, windowEnd], ms of append time. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Metrics with a verdict at this check, and how many of them make a host report. */
  readonly liveMetrics: number;
  readonly metricsNeeded: number;
  /** 1..10, with its parts 0..1 (harm null when the rate was not given). */
  readonly severity: number;
  readonly size: number;
  readonly harm: number | null;
  readonly recommendation: DriftRecommendation;
}

/** What a step says. A row that only enters the open block says nothing. */
export type DriftOutcome =
  | DriftReported
  | { readonly kind: 'checked'; readonly windowEnd: number; readonly metrics: readonly MetricCheck[] }
  | { readonly kind: 'late'; readonly lateRows: number; readonly behindMs: number };
