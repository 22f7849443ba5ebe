import { type BaselineSummary, type PublishedBaseline, usableBaseline } from './baseline.js';
import { type HostState, startSeries } from './host-state.js';
import { learnPoint } from './learn.js';
import { measureSeries } from './measure.js';
import { emptySeries, isWarm, usableValue } from './series-state.js';
import { STATISTICS } from './statistics.js';

/** One reading of a host. */
export interface Reading {
  /** Event time, ms; 0 or more. */
  readonly timestamp: number;
  /** Append time, ms. */
  readonly appendTime: number;
  /** Names of the metrics, distinct. */
  readonly metrics: readonly string[];
  /** Finite values in the order of `metrics`. */
  readonly values: readonly number[];
}

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
  readonly published: readonly { readonly metric: string; readonly baseline: BaselineSummary }[];
}

/**
 * Looks at a reading with what is known of its host, then takes it in. A late one (older than the host's newest) is looked at
 * all the same and teaches nothing. The same states and readings give the same bits on every machine.
 * O(metrics x statistics x window).
 */
export function observe(host: HostState, reading: Reading, baselineMaxAgeMs: number): Observation {
  const { timestamp, appendTime, metrics } = reading;
  const { measures } = host;
  const late = timestamp < host.newestTimestamp;
  const latenessMs = late ? host.newestTimestamp - timestamp : 0;
  host.events++;
  if (late) host.lateEvents++;
  else host.newestTimestamp = timestamp;

  const statistics = STATISTICS.map(
    ({ name, window }): StatisticColumn => ({ name, window, values: new Array<number>(metrics.length) }),
  );
  const inUse: (PublishedBaseline | null)[] = [];
  const published: { metric: string; baseline: BaselineSummary }[] = [];
  const moment = { timestamp, appendTime, event: host.events };
  let warm = 0;
  for (let j = 0; j < metrics.length; j++) {
    const metric = metrics[j] as string;
    const x = usableValue(reading.values[j] as number);
    const series = host.series.get(metric) ?? (late ? emptySeries() : startSeries(host, metric));
    const baseline = usableBaseline(series, appendTime, baselineMaxAgeMs);
    if (isWarm(series)) warm++;
    measureSeries(series, x, baseline, measures);
    for (let k = 0; k < STATISTICS.length; k++) {
      const { values } = statistics[k] as StatisticColumn;
      values[j] = measures[STATISTICS[k]?.at ?? 0] as number;
    }
    inUse.push(baseline);
    if (late) continue;
    const due = learnPoint(series, { x, measures }, moment, baselineMaxAgeMs);
    if (due !== null) published.push({ metric, baseline: due });
  }
  const warmingUp = 2 * warm < metrics.length;
  return { statistics, baseline: columnsOf(inUse), warmingUp, late, latenessMs, published };
}

function columnsOf(inUse: readonly (PublishedBaseline | null)[]): BaselineColumns | null {
  if (inUse.every((baseline) => baseline === null)) return null;
  return {
    version: inUse.map((baseline) => baseline?.version ?? 0),
    mean: inUse.map((baseline) => baseline?.mean ?? 0),
    standardDeviation: inUse.map((baseline) => baseline?.standardDeviation ?? 0),
    p99: inUse.map((baseline) => baseline?.p99 ?? 0),
  };
}
