import { RING_AT, RING_POINTS, type SeriesState } from './series-state.js';

/** Windows whose mean and standard deviation are measured, points, rising. */
export const WINDOWS = [5, 10, 20, 60, 100] as const;
/** Steps that the mean step looks at: the differences of this many points to the ones before them. */
export const STEP_POINTS = 10;
/** Place of the mean absolute step, behind the means and standard deviations. */
const STEP = 2 * WINDOWS.length;
/** Numbers that {@link measureWindows} writes: (mean, standard deviation) per window, then the mean absolute step. */
export const FIGURES = STEP + 1;

/** One of the windows. */
export type Window = (typeof WINDOWS)[number];

/** Returns the place of a window's mean in the figures; its standard deviation is the next. */
export function meanAt(window: Window): number {
  return 2 * WINDOWS.indexOf(window);
}

/** Returns the place of a window's standard deviation in the figures. */
export function deviationAt(window: Window): number {
  return meanAt(window) + 1;
}

/** Place of the mean absolute step in the figures. */
export const STEP_AT = STEP;

/**
 * Writes the figures of the windows that end with the point `x`, which is not in the ring yet, to the first FIGURES places of
 * `out`: population standard deviations, fewer points while the series is young, 0 for a single one. One pass from the newest point to the
 * oldest, so that nothing depends on where the ring begins. Allocates nothing. O(longest window).
 *
 * Distances are taken to x, a point of every window: no digits are lost on series like 10^12 +- 1, a constant one gives exactly
 * 0, and where x itself is far out the spread is of the size of its distance, so the difference of squares keeps its digits too.
 */
export function measureWindows(series: SeriesState, x: number, out: Float64Array): void {
  const { cells, filled } = series;
  let at = series.head;
  let taken = 0;
  let sum = 0;
  let squares = 0;
  for (let w = 0; w < WINDOWS.length; w++) {
    const before = Math.min((WINDOWS[w] as number) - 1, filled);
    for (; taken < before; taken++) {
      at = at === 0 ? RING_POINTS - 1 : at - 1;
      const distance = (cells[RING_AT + at] as number) - x;
      sum += distance;
      squares += distance * distance;
    }
    const mean = sum / (before + 1);
    out[2 * w] = x + mean;
    out[2 * w + 1] = Math.sqrt(Math.max(0, squares / (before + 1) - mean * mean));
  }
  out[STEP] = meanStep(series, x);
}

/** Mean of |x_t - x_(t-1)| over the last {@link STEP_POINTS} steps; 0 without a point before x. */
function meanStep({ cells, head, filled }: SeriesState, x: number): number {
  const steps = Math.min(STEP_POINTS, filled);
  let newer = x;
  let sum = 0;
  for (let i = 0, at = head; i < steps; i++) {
    at = at === 0 ? RING_POINTS - 1 : at - 1;
    const older = cells[RING_AT + at] as number;
    sum += Math.abs(newer - older);
    newer = older;
  }
  return steps === 0 ? 0 : sum / steps;
}
