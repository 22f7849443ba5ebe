import type { ForestBuilder } from './forest-builder.js';
import type { TreeSample } from './subsample.js';

/**
 * Grows one isolation tree into `builder` (Liu, Ting, Zhou 2008, algorithm 2): a feature drawn evenly among those
 * that vary in the node, a threshold drawn evenly between its least and greatest value, until one row is left,
 * nothing varies, or the height limit is reached. O(rows * depth) and the features that are looked at; allocates
 * one index array per tree. `random` returns numbers in [0, 1).
 */
export function growOwnTree(builder: ForestBuilder, sample: TreeSample, random: () => number): void {
  const order = Int32Array.from({ length: sample.rowCount }, (_, i) => i);
  grow(
    { builder, sample, random, order, range: { least: 0, greatest: 0 } },
    { start: 0, end: sample.rowCount },
    0,
  );
}

interface Growth {
  readonly builder: ForestBuilder;
  readonly sample: TreeSample;
  readonly random: () => number;
  /** Row numbers; a node owns a stretch of it and sorts it into its left and right rows. */
  readonly order: Int32Array;
  /** Range of the column looked at last: reused, so that a node allocates nothing. */
  readonly range: { least: number; greatest: number };
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

function grow(growth: Growth, { start, end }: Stretch, depth: number): void {
  const { builder, sample, random, range } = growth;
  const column = end - start > 1 && depth < sample.heightLimit ? drawVaryingColumn(growth, start, end) : -1;
  if (column < 0) {
    builder.leaf(end - start);
    return;
  }
  const threshold = drawThreshold(range.least, range.greatest, random());
  const middle = partition(growth, { start, end }, { column, threshold });
  builder.split(sample.columns[column] as number, threshold);
  grow(growth, { start, end: middle }, depth + 1);
  grow(growth, { start: middle, end }, depth + 1);
}

/** Threshold in [least, greatest), so that at least one row falls on either side; safe when the range overflows. */
function drawThreshold(least: number, greatest: number, share: number): number {
  const threshold = least * (1 - share) + greatest * share;
  return threshold >= least && threshold < greatest ? threshold : least;
}

/** Draws columns without replacement until one varies in the node, sets `range` to its values; -1 when none does. */
function drawVaryingColumn(growth: Growth, start: number, end: number): number {
  const { sample, random } = growth;
  const { drawOrder } = sample;
  for (let left = drawOrder.length; left > 0; left -= 1) {
    const drawn = Math.floor(random() * left);
    const column = drawOrder[drawn] as number;
    drawOrder[drawn] = drawOrder[left - 1] as number;
    drawOrder[left - 1] = column;
    if (measureRange(growth, { start, end }, column)) return column;
  }
  return -1;
}

function measureRange({ sample, order, range }: Growth, { start, end }: Stretch, column: number): boolean {
  const { values } = sample;
  const width = sample.columns.length;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i += 1) {
    const value = values[(order[i] as number) * width + column] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  range.least = least;
  range.greatest = greatest;
  return greatest > least;
}

function partition(
  { sample, order }: Growth,
  { start, end }: Stretch,
  { column, threshold }: { column: number; threshold: number },
): number {
  const width = sample.columns.length;
  let middle = start;
  for (let i = start; i < end; i += 1) {
    const row = order[i] as number;
    if ((sample.values[row * width + column] as number) > threshold) continue;
    order[i] = order[middle] as number;
    order[middle] = row;
    middle += 1;
  }
  return middle;
}
