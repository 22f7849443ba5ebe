import { addSample, addValue, type BinnedSample, clearSample, emptySample } from './binned-sample.js';
import { BLOCK_SHARE, rowsToCount } from './reference.js';

/**
 * The last blocks of one series as counts: a ring of closed blocks and the open one. It knows no time; whoever owns it
 * closes the block when the records' append time says so.
 * Memory: (blocks + 1) x (4 bytes x bins + 56).
 */
export class BlockWindow {
  /** Closed blocks; the newest is at `newest`. */
  readonly ring: BinnedSample[];
  readonly open: BinnedSample;
  newest: number;

  /**
   * @param edges of the bins, from the drift reference
   * @param center that the sums are relative to, from the drift reference
   * @param blocks length of the window
   */
  constructor(
    private readonly edges: Float64Array,
    private readonly center: number,
    blocks: number,
  ) {
    this.ring = Array.from({ length: blocks }, () => emptySample(edges.length + 1));
    this.open = emptySample(edges.length + 1);
    this.newest = blocks - 1;
  }

  /** Adds a finite value to the open block. */
  add(x: number): void {
    addValue(this.open, this.edges, x, this.center);
  }

  /** Closes the open block, which takes the place of the oldest, and opens an empty one. */
  closeBlock(): void {
    this.newest = (this.newest + 1) % this.ring.length;
    const oldest = this.ring[this.newest] as BinnedSample;
    clearSample(oldest);
    addSample(oldest, this.open);
    clearSample(this.open);
  }

  /**
   * Returns the rows of the newest `blocks` closed blocks that count, or null when fewer than 3/4 of them do or they hold fewer than
   * `minRows` rows. A block counts with at least half the usual rows: the median of the ring's blocks that have any.
   */
  latest(blocks: number, minRows: number): BinnedSample | null {
    const needed = this.rowsNeeded();
    const sum = emptySample(this.edges.length + 1);
    let counted = 0;
    for (let back = 0; back < blocks; back++) {
      const block = this.ring[(this.newest - back + this.ring.length) % this.ring.length] as BinnedSample;
      if (block.rows < needed) continue;
      addSample(sum, block);
      counted++;
    }
    return counted >= BLOCK_SHARE * blocks && sum.rows >= minRows ? sum : null;
  }

  /** Returns the newest closed block when it counts, else null. */
  newestBlock(): BinnedSample | null {
    const block = this.ring[this.newest] as BinnedSample;
    return block.rows >= this.rowsNeeded() ? block : null;
  }

  private rowsNeeded(): number {
    return rowsToCount(this.ring.map((block) => block.rows));
  }
}
