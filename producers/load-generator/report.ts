import type { LatencyHistogram } from './latency-histogram.js';

/** Share of the target that counts as reached. */
export const REACHED_SHARE = 0.95;

/** Latencies, ms. */
export interface LatencySummary {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What was counted in a run. */
export interface LoadCounts {
  /** Events that the plan asked for. */
  readonly planned: number;
  /** Events handed to the publisher. */
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Bytes of the values of acknowledged events. */
  readonly bytes: number;
  /** Failed events by error code. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface LoadFigures {
  readonly counts: LoadCounts;
  readonly plannedSeconds: number;
  /** From the start to the last acknowledgement, seconds; 0 when there was none. */
  readonly secondsToLastAcknowledgement: number;
  readonly fromPublish: LatencyHistogram;
  readonly fromSchedule: LatencyHistogram;
  /** Time in which sending waited for acknowledgements (bound of events in flight), seconds. */
  readonly stalledSeconds: number;
  /** CPU time of this process in the run, seconds. */
  readonly cpuSeconds: number;
  /** True when the run was stopped before its end. */
  readonly interrupted: boolean;
}

/** The report of a run, one JSON object. Rates in events per second, latencies in ms. */
export interface LoadReport {
  readonly targetRate: number;
  readonly achievedRate: number;
  /** achievedRate / targetRate. */
  readonly share: number;
  /** True only when at least 95 % of the target rate were acknowledged and the run was not cut short. */
  readonly reached: boolean;
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly planned: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Planned but never sent, because sending had fallen behind at the end. */
  readonly unsent: number;
  /** Sent, but neither acknowledged nor failed when waiting ended. */
  readonly unanswered: number;
  /** acknowledged / sent; 0 when nothing was sent. */
  readonly successRate: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** From the call of publish to the acknowledgement. */
  readonly acknowledgementMs: LatencySummary;
  /** From the scheduled time to the acknowledgement: a stall of the sender counts too (no coordinated omission). */
  readonly fromScheduleMs: LatencySummary;
  readonly stalledSeconds: number;
  readonly cpuSeconds: number;
}

/**
 * Returns the report. The achieved rate divides what the broker acknowledged by the planned time, or by the time to the last
 * acknowledgement where that came later: events that arrive afterwards never raise the rate.
 */
export function loadReport(figures: LoadFigures): LoadReport {
  const { counts, plannedSeconds } = figures;
  const seconds = Math.max(plannedSeconds, figures.secondsToLastAcknowledgement);
  const targetRate = counts.planned / plannedSeconds;
  const achievedRate = counts.acknowledged / seconds;
  const share = targetRate > 0 ? achievedRate / targetRate : 0;
  return {
    targetRate,
    achievedRate,
    share,
    reached: share >= REACHED_SHARE && !figures.interrupted,
    interrupted: figures.interrupted,
    seconds,
    planned: counts.planned,
    sent: counts.sent,
    acknowledged: counts.acknowledged,
    failed: counts.failed,
    unsent: counts.planned - counts.sent,
    unanswered: counts.sent - counts.acknowledged - counts.failed,
    successRate: counts.sent > 0 ? counts.acknowledged / counts.sent : 0,
    errors: counts.errors,
    bytes: counts.bytes,
    bytesPerSecond: counts.bytes / seconds,
    acknowledgementMs: summarize(figures.fromPublish),
    fromScheduleMs: summarize(figures.fromSchedule),
    stalledSeconds: figures.stalledSeconds,
    cpuSeconds: figures.cpuSeconds,
  };
}

/** Returns the exit code of a run: 1 when the rate was required and not reached, else 0. */
export function exitCodeOf(report: LoadReport, requireRate: boolean): 0 | 1 {
  return requireRate && !report.reached ? 1 : 0;
}

function summarize(histogram: LatencyHistogram): LatencySummary {
  return {
    mean: histogram.mean,
    p50: histogram.quantile(0.5),
    p95: histogram.quantile(0.95),
    p99: histogram.quantile(0.99),
    max: histogram.max,
  };
}
