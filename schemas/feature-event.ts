import { lengthProblem } from './codec/checks.js';
import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** One statistic of every metric of the event. */
export interface Statistic {
  /** Name of the statistic, for example mean, standardDeviation, zscore, tail. A new statistic is a new name, not a new schema. */
  readonly name: string;
  /** Number of points the statistic looks back over, the event's own included; 0 = the whole gated history of the series. */
  readonly window: number;
  /** One finite value per metric, in the order of `metrics`. */
  readonly values: readonly number[];
}

/** The published baselines that the event was compared with, one entry per metric. */
export interface BaselineView {
  /** Version of each metric's baseline; 0 = none published yet. */
  readonly version: readonly number[];
  /** Mean of each metric's baseline; 0 where there is none. */
  readonly mean: readonly number[];
  /** Population standard deviation; 0 or more. */
  readonly standardDeviation: readonly number[];
  /** 99 % quantile; 0 where there is none. */
  readonly p99: readonly number[];
}

/** What the detectors see of one event, computed once by `window` in offset order. Key: host. */
export interface FeatureEvent {
  /** Identity of the metric event that this was computed from. */
  readonly id: string;
  /** Name of the host. */
  readonly host: string;
  /** Model group: the label `group`, else a fingerprint of the host's sorted metric names. */
  readonly group: string;
  /** Event time, milliseconds since the epoch. */
  readonly timestamp: number;
  /** Partition of the metric event in the metrics topic; 0 or more. */
  readonly sourcePartition: number;
  /** Offset of the metric event in that partition; 0 or more. */
  readonly sourceOffset: number;
  /** Time at which the broker appended the metric event, milliseconds since the epoch: the clock of every decision. */
  readonly appendTime: number;
  /** Names of the metrics, sorted. */
  readonly metrics: readonly string[];
  /** Values in the order of `metrics`. */
  readonly values: readonly number[];
  /** Statistics of the event, in the order of the statistics table of detection/series. */
  readonly statistics: readonly Statistic[];
  /** Baselines in use; null while no metric of the event has one. */
  readonly baseline: BaselineView | null;
  /** True while fewer than half of the event's metrics have the points of the warm-up (30). */
  readonly warmingUp: boolean;
  /** True when the event is older than the newest event of its host: it is scored and does not enter the windows. */
  readonly late: boolean;
  /** How much older than the newest event of its host, milliseconds; 0 when not late. */
  readonly latenessMs: number;
  /** Labels of the metric event. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Codec of `feature-event.avsc`. */
export const featureEventCodec = recordCodec<FeatureEvent>(new URL('./feature-event.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: featureEventProblem,
});

function featureEventProblem(event: FeatureEvent): Problem | null {
  const expected = event.metrics.length;
  const values = lengthProblem('values', event.values.length, expected);
  if (values !== null) return values;
  for (const { name, values: of } of event.statistics) {
    if (of.length !== expected) return lengthProblem(`statistics: ${name.slice(0, 32)}`, of.length, expected);
  }
  return event.baseline === null ? null : baselineViewProblem(event.baseline, expected);
}

function baselineViewProblem(view: BaselineView, expected: number): Problem | null {
  return (
    lengthProblem('baseline.version', view.version.length, expected) ??
    lengthProblem('baseline.mean', view.mean.length, expected) ??
    lengthProblem('baseline.standardDeviation', view.standardDeviation.length, expected) ??
    lengthProblem('baseline.p99', view.p99.length, expected)
  );
}
