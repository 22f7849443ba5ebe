/** Consecutive rows of a file. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface StretchOptions {
  /** Rows of the file. */
  readonly rows: number;
  /** 0 or 1 per row; null without labels. */
  readonly labels: readonly number[] | null;
  /** Most rows of the stretch. */
  readonly limit: number;
  /** Rows that stay before it, for the windows to learn from. */
  readonly before: number;
}

/** By which part of its length the stretch is moved on in the search for incidents. */
const STEPS = 4;

/** Returns the rows to evaluate on: the newest, or with labels the newest of the stretches with most incidents. O(n). */
export function chooseStretch({ rows, labels, limit, before }: StretchOptions): Stretch {
  const length = Math.min(limit, rows - before);
  const newest = rows - length;
  if (labels === null) return { from: newest, to: rows };
  let best = { from: newest, incidents: incidentsIn(labels, newest, rows) };
  const step = Math.max(1, Math.floor(length / STEPS));
  for (let from = newest - step; from >= before; from -= step) {
    const incidents = incidentsIn(labels, from, from + length);
    if (incidents > best.incidents) best = { from, incidents };
  }
  return { from: best.from, to: best.from + length };
}

function incidentsIn(labels: readonly number[], from: number, to: number): number {
  let incidents = 0;
  for (let row = from; row < to; row += 1)
    if (labels[row] === 1 && (row === from || labels[row - 1] === 0)) incidents += 1;
  return incidents;
}
