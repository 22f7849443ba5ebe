import type { Segment } from './segments.js';

/** What a profile of the Numenta Anomaly Benchmark pays and charges; all >= 0. */
export interface NabProfile {
  readonly name: string;
  /** Paid once per window that is hit, in full at its left edge. */
  readonly truePositive: number;
  /** Charged for each alarm outside windows, in full far from them. */
  readonly falsePositive: number;
  /** Charged for each window that is missed. */
  readonly falseNegative: number;
}

/** The three profiles of NAB v1.1 (config/profiles.json). */
export const NAB_PROFILES = [
  { name: 'standard', truePositive: 1, falsePositive: 0.11, falseNegative: 1 },
  { name: 'reward_low_FP_rate', truePositive: 1, falsePositive: 0.22, falseNegative: 1 },
  { name: 'reward_low_FN_rate', truePositive: 1, falsePositive: 0.11, falseNegative: 2 },
] as const satisfies readonly NabProfile[];

/** One file of the corpus: its scores in time order and its anomaly windows, in order and disjoint. */
export interface NabSeries {
  readonly name: string;
  readonly scores: ArrayLike<number>;
  readonly windows: readonly Segment[];
}

/** What each row of a series is worth if it alarms, and where it lies. */
export interface NabWeights {
  /** Weighted sigmoid of the row's place; > 0 inside a window, < 0 outside (one that follows a window's end closely is near 0). */
  readonly worth: Float64Array;
  /** The row's window, or -1. */
  readonly window: Int32Array;
  /** Rows at the start that are not scored. */
  readonly probation: number;
}

/** Returns how many rows at the start of a file are not scored: floor(15 %), at most 750. */
export function nabProbation(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750);
}

/**
 * Returns the windows of a file as rows. Limits are [first, last] moments and must equal row timestamps (any unit, the same);
 * of repeated timestamps the first row counts, as in NAB. O(n).
 * @throws RangeError when a limit is no row's timestamp
 */
export function nabWindows(
  timestamps: ArrayLike<number>,
  limits: readonly (readonly [number, number])[],
): Segment[] {
  const row = new Map<number, number>();
  for (let i = timestamps.length - 1; i >= 0; i -= 1) row.set(timestamps[i] as number, i);
  const find = (moment: number): number => {
    const at = row.get(moment);
    if (at === undefined) throw new RangeError(`reading windows: no row has the timestamp ${moment}`);
    return at;
  };
  return limits.map(([first, last]) => ({ start: find(first), end: find(last) }));
}

/**
 * Returns the worth of every row (NAB sweeper: Lavin and Ahmad, 2015, section III). Inside a window of width w the sigmoid is read
 * at -(rows to its end + 1) / w and scaled so that the left edge gives `truePositive` in full; outside at
 * (rows since the last window's end) / (w - 1), from 3 on and before the first window charging `falsePositive` in full. After a
 * window of one row, where NAB fails on a division by 0, the place is infinite and an alarm is charged in full. O(n).
 * @throws RangeError when windows overlap, are out of order or leave the file
 */
export function nabWeights({ name, scores, windows }: NabSeries, profile: NabProfile): NabWeights {
  requireWindows(name, scores.length, windows);
  const worth = new Float64Array(scores.length).fill(-profile.falsePositive);
  const window = new Int32Array(scores.length).fill(-1);
  windows.forEach(({ start, end }, k) => {
    const width = end - start + 1;
    for (let i = start; i <= end; i += 1) {
      window[i] = k;
      worth[i] = (profile.truePositive * sigmoid(-(end - i + 1) / width)) / sigmoid(-1);
    }
    const next = windows[k + 1]?.start ?? scores.length;
    for (let i = end + 1; i < next; i += 1)
      worth[i] = profile.falsePositive * sigmoid((i - end) / (width - 1));
  });
  return { worth, window, probation: nabProbation(scores.length) };
}

/** NAB's scaled sigmoid of the place relative to a window's end: near 1 at -1, 0 at 0, -1 from 3 on. */
function sigmoid(place: number): number {
  return place >= 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1;
}

function requireWindows(name: string, rows: number, windows: readonly Segment[]): void {
  let free = 0;
  for (const { start, end } of windows) {
    if (!(start >= free && end >= start && end < rows))
      throw new RangeError(
        `scoring ${name}: the window ${start}..${end} overlaps, is out of order or leaves ${rows} rows`,
      );
    free = end + 1;
  }
}
