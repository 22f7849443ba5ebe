import { SHORTEST_GAP_MS } from '../../common/checks/host-checks.js';
import { linearQuantile } from '../../detection/statistics/quantile.js';

/** When a host's rows came. */
export interface HostTimes {
  /** Oldest and newest time, ms; null without rows. */
  readonly from: number | null;
  readonly to: number | null;
  /** Median of the time between two moments, ms; null with fewer than two. */
  readonly usualIntervalMs: number | null;
  readonly gaps: number;
  /** Longest time between two moments, ms; null with fewer than two. */
  readonly longestIntervalMs: number | null;
  /** Rows that the gaps have room for, at the usual interval. */
  readonly rowsInGaps: number;
}

/** What is said where nothing is known of times. */
export const NO_TIMES: HostTimes = {
  from: null,
  to: null,
  usualIntervalMs: null,
  gaps: 0,
  longestIntervalMs: null,
  rowsInGaps: 0,
};

/** Returns what the times of one host's rows say, whatever their order. O(n log n). */
export function hostTimes(times: readonly number[], gapFactor: number): HostTimes {
  const moments = Float64Array.from(new Set(times)).sort();
  const ends = { from: moments[0] ?? null, to: moments.at(-1) ?? null };
  if (moments.length < 2) return { ...NO_TIMES, ...ends };
  const intervals = moments.slice(1).map((moment, i) => moment - (moments[i] ?? moment));
  const ascending = intervals.slice().sort();
  const usual = linearQuantile(ascending, 0.5);
  const gaps = intervals.filter((ms) => ms >= SHORTEST_GAP_MS && ms > gapFactor * usual);
  return {
    ...ends,
    usualIntervalMs: usual,
    gaps: gaps.length,
    longestIntervalMs: ascending.at(-1) ?? null,
    rowsInGaps: gaps.reduce((rows, ms) => rows + Math.max(1, Math.round(ms / usual) - 1), 0),
  };
}
