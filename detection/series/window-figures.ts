import { type Point, READING_AT, STEP_AT, WINDOWS, WINDOWS_AT } from './point.js';
import { RING_AT, RING_POINTS, type SeriesState } from './series-state.js';

/** Steps that the mean step looks at: the differences of this many points to the ones before them. */
export const STEP_POINTS = 10;

/**
 * Writes mean and standard deviation of the windows that end with the point, which is not in the ring yet, and its mean absolute step into
 * the point: population standard deviations, fewer points while the series is young, 0 for a single one. One pass from the newest point to the
 * oldest, so that nothing depends on where the ring begins. Allocates nothing. O(longest window).
 *
 * Distances are taken to the reading, a point of every window: no digits are lost on series like 10^12 +- 1, a constant one gives exactly
 * 0, and where it is itself far out the spread is of the size of its distance, so the difference of squares keeps its digits too.
 */
export function measureWindows(series: SeriesState, point: Point): void {
  const { cells, filled } = series;
  const x = point[READING_AT] as number;
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
    point[WINDOWS_AT + 2 * w] = x + mean;
    point[WINDOWS_AT + 2 * w + 1] = Math.sqrt(Math.max(0, squares / (before + 1) - mean * mean));
  }
  measureStep(series, point);
}

/** Mean of |x_t - x_(t-1)| over the last {@link STEP_POINTS} steps; 0 without a point before x. */
function measureStep({ cells, head, filled }: SeriesState, point: Point): void {
  const steps = Math.min(STEP_POINTS, filled);
  let newer = point[READING_AT] as number;
  let sum = 0;
  for (let i = 0, at = head; i < steps; i++) {
    at = at === 0 ? RING_POINTS - 1 : at - 1;
    const older = cells[RING_AT + at] as number;
    sum += Math.abs(newer - older);
    newer = older;
  }
  point[STEP_AT] = steps === 0 ? 0 : sum / steps;
}
