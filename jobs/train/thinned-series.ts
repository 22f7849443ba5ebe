import { MIN_WINDOWS, windowsCovered } from '../../detection/drift/reference.js';

/** Length of a drift window, and the rows that one needs. */
export interface DriftWindow {
  readonly blockMs: number;
  readonly windowBlocks: number;
  /** Rows that a window needs to be compared; unset: 100. */
  readonly minRows?: number;
}

/** Rows of a series that are kept per block, one from each sixtieth of it: the first. */
export const ROWS_PER_BLOCK = 60;
/** Newest windows that are kept: twice what was measured to be enough for a limit (drift recipe 5.1 asks for 8 days, better 15). */
export const HISTORY_WINDOWS = 15;

/** Readings of one metric in order of time, at most sixty a block. */
export interface ThinnedReadings {
  readonly values: Float64Array;
  /** Times, ms, ascending; exact to a sixtieth of a block. */
  readonly timestamps: Float64Array;
  /** Readings that came in those blocks for each one that is kept; 1 or more. */
  readonly rowsPerValue: number;
}

interface Block {
  readonly index: number;
  /** Readings that came in this block. */
  seen: number;
  /** Number of the sixtieth and reading, ascending; plain arrays while the block is open, dense ones after. */
  readonly slots: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

interface OpenBlock extends Block {
  readonly slots: number[];
  readonly values: number[];
}

/**
 * The newest 15 windows of one metric, evenly thinned: what a drift reference is built from. The same readings in order give the same content, and one that
 * is read twice counts once: like the drift processor, it takes nothing into a block that was closed.
 * Memory: at most 9 bytes x 60 x blocks, 65 kB for the five windows that a reference needs with hour blocks, 195 kB for 15. O(1) per reading.
 */
export class ThinnedSeries {
  readonly #closed: Block[] = [];
  #open: OpenBlock | null = null;
  #kept = 0;

  constructor(private readonly window: DriftWindow) {}

  add(value: number, appendTime: number): void {
    if (!Number.isFinite(value)) return;
    const { blockMs } = this.window;
    const index = Math.floor(appendTime / blockMs);
    if (this.#open === null || index > this.#open.index) this.#openBlock(index);
    const open = this.#open;
    if (open === null || index < open.index) return;
    open.seen += 1;
    const slot = Math.floor(((appendTime - index * blockMs) * ROWS_PER_BLOCK) / blockMs);
    if (slot <= (open.slots.at(-1) ?? -1)) return;
    open.slots.push(slot);
    open.values.push(value);
    this.#kept += 1;
  }

  /** Returns whether the readings span the windows that a reference needs, counted as the reference counts them. */
  get isLongEnough(): boolean {
    const first = this.#closed[0] ?? this.#open;
    const last = this.#open;
    if (first === null || last === null) return false;
    const span = {
      first: timeOf(first, 0, this.window),
      last: timeOf(last, last.slots.length - 1, this.window),
      count: this.#kept,
    };
    return windowsCovered(span, this.window.blockMs * this.window.windowBlocks) >= MIN_WINDOWS;
  }

  /** Returns what is kept; O(readings). */
  readings(): ThinnedReadings {
    const blocks = this.#open === null ? this.#closed : [...this.#closed, this.#open];
    const values = new Float64Array(this.#kept);
    const timestamps = new Float64Array(this.#kept);
    let at = 0;
    for (const block of blocks) {
      for (let i = 0; i < block.slots.length; i++) {
        values[at] = block.values[i] as number;
        timestamps[at] = timeOf(block, i, this.window);
        at += 1;
      }
    }
    const seen = blocks.reduce((sum, block) => sum + block.seen, 0);
    return { values, timestamps, rowsPerValue: Math.max(1, seen / Math.max(1, this.#kept)) };
  }

  #openBlock(index: number): void {
    if (this.#open !== null) {
      const { slots, values, ...rest } = this.#open;
      this.#closed.push({ ...rest, slots: Uint8Array.from(slots), values: Float64Array.from(values) });
    }
    this.#open = { index, seen: 0, slots: [], values: [] };
    const oldest = index - HISTORY_WINDOWS * this.window.windowBlocks;
    while ((this.#closed[0]?.index ?? index) <= oldest)
      this.#kept -= this.#closed.shift()?.values.length ?? 0;
  }
}

function timeOf(block: Block, place: number, { blockMs }: DriftWindow): number {
  return block.index * blockMs + ((block.slots[place] ?? 0) * blockMs) / ROWS_PER_BLOCK;
}
