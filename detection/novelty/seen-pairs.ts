/** Pairs that are kept: 64 rank nearly as well, all of them hardly better. */
export const MOST_PAIRS = 256;

/** Numbers of one pair: value, the value before it, and its gap. */
const STRIDE = 3;
const GAP = 2;

/**
 * The moments that a series has been through: pairs of a value and the one before it. A pair alone tells both where a series stands and how it
 * moves; of longer stretches hardly any resembles another. Beyond {@link MOST_PAIRS} the pairs are kept that lie farthest apart: what a
 * series does every day takes few of them, and what it did once is not forgotten. 6 KB.
 */
export class SeenPairs {
  /** Of each pair its values, and the squared distance to the nearest one when it came. */
  private readonly cells = new Float64Array(STRIDE * MOST_PAIRS);
  private kept = 0;

  /** Returns the pairs that `entries` gave. @throws RangeError when it is no list of them */
  static from(entries: Float64Array): SeenPairs {
    if (entries.length % STRIDE !== 0 || entries.length > STRIDE * MOST_PAIRS)
      throw new RangeError(`reading seen pairs: ${entries.length} numbers`);
    if (!entries.every((entry, i) => (i % STRIDE === GAP ? entry >= 0 : Number.isFinite(entry))))
      throw new RangeError('reading seen pairs: a number is none');
    const pairs = new SeenPairs();
    pairs.cells.set(entries);
    pairs.kept = entries.length / STRIDE;
    return pairs;
  }

  /** Pairs that are kept. */
  get count(): number {
    return this.kept;
  }

  /** Returns the whole state, a view: value, the one before it and gap of every pair. */
  entries(): Float64Array {
    return this.cells.subarray(0, STRIDE * this.kept);
  }

  /**
   * Returns the distance to the nearest pair that is kept, Infinity for the first, and takes this one in. Once there is no room it takes the place of the one with
   * the smallest gap, if its own is larger. Finite values, at most 1e150 either way. O(pairs), allocates nothing.
   */
  take(value: number, before: number): number {
    const { cells } = this;
    let nearest = Number.POSITIVE_INFINITY;
    let smallestGap = Number.POSITIVE_INFINITY;
    let redundant = 0;
    for (let at = 0; at < STRIDE * this.kept; at += STRIDE) {
      const dx = (cells[at] as number) - value;
      const dy = (cells[at + 1] as number) - before;
      const squared = dx * dx + dy * dy;
      if (squared < nearest) nearest = squared;
      const gap = cells[at + GAP] as number;
      if (gap < smallestGap) {
        smallestGap = gap;
        redundant = at;
      }
    }
    if (nearest > 0 && this.kept < MOST_PAIRS) this.write(STRIDE * this.kept++, value, before, nearest);
    else if (nearest > smallestGap) this.write(redundant, value, before, nearest);
    return Math.sqrt(nearest);
  }

  private write(at: number, value: number, before: number, gap: number): void {
    this.cells[at] = value;
    this.cells[at + 1] = before;
    this.cells[at + GAP] = gap;
  }
}
