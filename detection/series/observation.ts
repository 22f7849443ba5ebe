import type { BaselineSummary } from './baseline.js';
import { STATISTICS } from './statistics.js';

/** Values of one statistic, in the order of the reading's metrics. */
export interface StatisticColumn {
  readonly name: string;
  readonly window: number;
  readonly values: number[];
}

/** The baselines that a reading was compared with; version 0 and zeros where a metric has none in use. */
export interface BaselineColumns {
  readonly version: number[];
  readonly mean: number[];
  readonly standardDeviation: number[];
  readonly p99: number[];
}

/** A baseline that became due, and the metric that it is of. */
export interface DueBaseline {
  readonly metric: string;
  readonly baseline: BaselineSummary;
}

/** What is known of one reading. */
export interface Observation {
  readonly statistics: readonly StatisticColumn[];
  /** null while no metric of the reading has a baseline in use. */
  readonly baseline: BaselineColumns | null;
  /** Whether fewer than half of the reading's metrics had the points of the warm-up: a new metric does not mute the host. */
  readonly warmingUp: boolean;
  readonly late: boolean;
  /** How much older than the newest of its host, ms; 0 when on time. */
  readonly latenessMs: number;
  /** Baselines that became due by this reading. */
  readonly published: readonly DueBaseline[];
}

/** Room for what is known of a reading. Whoever made it may have it filled again: then it says what is known of the next one. */
export interface ObservationRoom extends Observation {
  /** The metrics that it has room for. */
  readonly metricCount: number;
  readonly baselineColumns: BaselineColumns;
  baseline: BaselineColumns | null;
  warmingUp: boolean;
  late: boolean;
  latenessMs: number;
  published: DueBaseline[];
}

/** Returns room for readings of so many metrics: 1.4 kB and 0.2 kB per metric. */
export function newObservation(metricCount: number): ObservationRoom {
  return {
    metricCount,
    statistics: STATISTICS.map(({ name, window }) => ({ name, window, values: doubles(metricCount) })),
    baselineColumns: {
      version: new Array<number>(metricCount).fill(0),
      mean: doubles(metricCount),
      standardDeviation: doubles(metricCount),
      p99: doubles(metricCount),
    },
    baseline: null,
    warmingUp: false,
    late: false,
    latenessMs: 0,
    published: [],
  };
}

/** Filled with a fraction first: V8 then keeps 8 bytes for each number, and no object. */
function doubles(count: number): number[] {
  return new Array<number>(count).fill(0.5);
}
