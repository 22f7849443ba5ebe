import { lengthProblem, rangeProblem } from './codec/checks.js';
import { EVENT_BYTES, recordCodec } from './codec/record-codec.js';
import type { Problem } from './codec/rejection.js';

/** What is normal for one metric of one host. Key: host/metric, in the host's partition; compacted. */
export interface Baseline {
  /** Name of the host. */
  readonly host: string;
  /** Name of the metric. */
  readonly metric: string;
  /** 1 at the first publication (30 points), then one more each time. */
  readonly version: number;
  /** Mean of the learnt points. */
  readonly mean: number;
  /** Population standard deviation; 0 or more. */
  readonly standardDeviation: number;
  /** Smallest learnt value. */
  readonly min: number;
  /** Largest learnt value. */
  readonly max: number;
  /** Number of learnt points; 30 or more. */
  readonly sampleCount: number;
  /** Median. */
  readonly p50: number;
  /** 95 % quantile. */
  readonly p95: number;
  /** 99 % quantile. */
  readonly p99: number;
  /** 24 means by hour of the day (UTC) once two days are there; null before. */
  readonly hourOfDay: readonly number[] | null;
  /** Event time of the oldest learnt point, milliseconds. */
  readonly from: number;
  /** Event time of the newest learnt point, milliseconds. */
  readonly to: number;
  /** State of the quantile sketch, versioned by its first byte. */
  readonly sketch: Buffer;
}

/** Codec of `baseline.avsc`. */
export const baselineCodec = recordCodec<Baseline>(new URL('./baseline.avsc', import.meta.url), {
  maxBytes: EVENT_BYTES,
  check: baselineProblem,
});

function baselineProblem(baseline: Baseline): Problem | null {
  return (
    (baseline.hourOfDay === null ? null : lengthProblem('hourOfDay', baseline.hourOfDay.length, 24)) ??
    rangeProblem('standardDeviation', baseline.standardDeviation, 0, Number.MAX_VALUE)
  );
}
