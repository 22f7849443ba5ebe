/** Severity 1..10 with its two parts, each 0..1. */
export interface DriftSeverity {
  readonly severity: number;
  /** How far the confirmed metrics are beyond their limits, over all tested metrics. */
  readonly size: number;
  /** How much it hurts: rows over the alarm boundary; null when the rate was not given. */
  readonly harm: number | null;
}

/** Share of rows over the boundary when nothing is wrong: the boundary is the 98.5 % quantile of training. */
const USUAL_RATE = 0.015;
/** One or two metrics never weigh more. */
const NOTE_CAP = 3;

/** What a severity is made of. */
export interface SeverityInput {
  readonly metrics: readonly { readonly distance: number; readonly limit: number }[];
  /** Metrics that could be tested, >= 1. */
  readonly liveMetrics: number;
  /** Share 0..1 of the last window's rows over the fixed boundary, when known. */
  readonly harmRate?: number | undefined;
  readonly scope: 'metric' | 'host';
}

/**
 * Returns round(1 + 9 max(size, harm)) (drift recipe 5.4): size = sqrt(sum of (D - limit) / (1 - limit) / live metrics), harm = ln(rate / .015) / ln(1 / .015)
 * within 0..1. Size alone hardly predicts harm, so both are in it. One or two metrics: at most 3.
 */
export function driftSeverity(input: SeverityInput): DriftSeverity {
  const excess = input.metrics.reduce(
    (sum, m) => sum + Math.max(0, m.distance - m.limit) / Math.max(1e-9, 1 - m.limit),
    0,
  );
  const size = Math.min(1, Math.sqrt(excess / Math.max(1, input.liveMetrics)));
  const harm = input.harmRate === undefined ? null : harmOf(input.harmRate);
  const severity = Math.round(1 + 9 * Math.max(size, harm ?? 0));
  return { severity: input.scope === 'metric' ? Math.min(NOTE_CAP, severity) : severity, size, harm };
}

function harmOf(rate: number): number {
  if (!(rate > USUAL_RATE)) return 0;
  return Math.min(1, Math.log(rate / USUAL_RATE) / Math.log(1 / USUAL_RATE));
}
