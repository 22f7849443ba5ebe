import { rangeProblem } from './codec/checks.js';
import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** One metric that stands out of its reference. */
export interface MetricDrift {
  /** Name of the metric. */
  readonly metric: string;
  /** Name of the test: ks. */
  readonly test: string;
  /** KS distance D between window and reference, 0 to 1. */
  readonly statistic: number;
  /** Largest D among the reference's own windows, at least 0.3. */
  readonly limit: number;
  /** Asymptotic p-value, shown and never decided on: rows of a host are dependent. */
  readonly pValue: number;
  /** Shift of the median in units of the reference's interquartile range. */
  readonly effect: number;
  /** Median of the reference. */
  readonly medianThen: number;
  /** Median of the window. */
  readonly medianNow: number;
  /** Rows in the window. */
  readonly sampleSize: number;
  /** Rows divided by the autocorrelation time. */
  readonly effectiveSampleSize: number;
  /** Rows in the reference. */
  readonly referenceSize: number;
  /** True when it held for the whole persistence. */
  readonly confirmed: boolean;
}

/** What changed lastingly on a host against what its model learnt. Key: host. */
export interface DriftReport {
  /** Identity of the report: host, a colon and the source offset that completed it. */
  readonly id: string;
  /** Model group. */
  readonly group: string;
  /** Host that drifted; null for a report on the fleet. */
  readonly host: string | null;
  /** Start of the window, append time, milliseconds. */
  readonly from: number;
  /** End of the window. */
  readonly to: number;
  /** Estimated time of the change, milliseconds. */
  readonly onset: number;
  /** Metrics over their limit, largest excess first. */
  readonly metrics: readonly MetricDrift[];
  /** True when enough metrics are confirmed to call it the host's drift; false for a note on a metric. */
  readonly drifted: boolean;
  /** 1 to 10; at most 3 for a note. */
  readonly severity: number;
  /** The part of the severity that is the size of the shift, 0 to 1. */
  readonly size: number;
  /** The part that is the share of rows over the alarm boundary, 0 to 1. */
  readonly harm: number;
  /** Late records of the host that were counted and not compared. */
  readonly lateRecords: number;
  /** Version whose reference it was compared with. */
  readonly modelVersion: string;
  /** What to do: watch, investigate or adopt, in one sentence. */
  readonly recommendation: string;
}

/** Codec of `drift-report.avsc`. */
export const driftReportCodec = recordCodec<DriftReport>(new URL('./drift-report.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: driftReportProblem,
});

function driftReportProblem(report: DriftReport): Problem | null {
  return rangeProblem('severity', report.severity, 1, 10);
}
