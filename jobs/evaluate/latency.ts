import type { CsvReading } from '../../common/csv/csv-rows.js';
import { quantiles } from '../../detection/statistics/quantile.js';
import { featureReader, type ScoringOptions } from './verdicts.js';

/** Time of one event through window and score, one by one, with the explanations that the settings ask for; microseconds. */
export interface Latency {
  readonly events: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Events before the first that is timed: the engine compiles what runs often. */
const WARM_UP = 500;
const MOST_EVENTS = 2_000;

/** Returns the latency on the first rows that have a number; `monotonicNow` is a clock that only goes forward, milliseconds. Throws BAD_MODEL. */
export function measureLatency(
  rows: readonly CsvReading[],
  options: ScoringOptions & { readonly monotonicNow: () => number },
): Latency {
  const scorer = options.steps.openScorer();
  scorer.use(options.model);
  const featureOf = featureReader(options);
  const times: number[] = [];
  rows.slice(0, WARM_UP + MOST_EVENTS).forEach((row, place) => {
    const started = options.monotonicNow();
    const feature = featureOf(row);
    if (feature === null) return;
    scorer.scoreBatch([feature]);
    // Of a short file half of the rows are timed.
    if (place >= Math.min(WARM_UP, rows.length / 2)) times.push(1000 * (options.monotonicNow() - started));
  });
  const [p50 = 0, p95 = 0, p99 = 0] = times.length === 0 ? [] : quantiles(times, [0.5, 0.95, 0.99]);
  return { events: times.length, p50, p95, p99 };
}
