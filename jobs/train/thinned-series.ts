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

/** A slot is a sixtieth of a block: those that have a reading are bits of two small numbers, thirty each. */
const HALF_SLOTS = ROWS_PER_BLOCK / 2;

interface Block {
  readonly index: number;
  /** Readings that came in this block. */
  seen: number;
  early: number;
  late: number;
  /** One per slot that is set, in their order. V8 keeps them as bare doubles; a typed array would take as much again for itself. */
  values: number[];
}

/** Bytes of a block with a reading in every slot: its values, and what V8 takes for array and object (590 measured). */
const BLOCK_BYTES = 600;

/** Returns the most that one series takes, bytes. */
export function seriesBytes({ windowBlocks }: Pick<DriftWindow, 'windowBlocks'>): number {
  return HISTORY_WINDOWS * windowBlocks * BLOCK_BYTES;
}

/**
 * The newest 15 windows of one metric, evenly thinned: what a drift reference is built from. The same readings in order give the same content, and one that
 * is read twice counts once: like the drift processor, it takes nothing into a block that was closed.
 * Memory: at most 600 bytes a block (10 a reading): with hour blocks 72 kB for the five windows that a reference needs, 216 kB for 15. O(1) per reading.
 */
export class ThinnedSeries {
  readonly #closed: Block[] = [];
  #open: Block | null = null;
  #lastSlot = -1;
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
    if (slot <= this.#lastSlot) return;
    this.#lastSlot = slot;
    if (slot < HALF_SLOTS) open.early |= 1 << slot;
    else open.late |= 1 << (slot - HALF_SLOTS);
    open.values.push(value);
    this.#kept += 1;
  }

  /** Returns whether the readings span the windows that a reference needs, counted as the reference counts them. */
  get isLongEnough(): boolean {
    const first = this.#closed[0] ?? this.#open;
    const last = this.#open;
    if (first === null || last === null) return false;
    const span = {
      first: timeOf(first, slotsOf(first)[0] ?? 0, this.window),
      last: timeOf(last, Math.max(0, this.#lastSlot), this.window),
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
      slotsOf(block).forEach((slot, i) => {
        values[at] = block.values[i] as number;
        timestamps[at] = timeOf(block, slot, this.window);
        at += 1;
      });
    }
    const seen = blocks.reduce((sum, block) => sum + block.seen, 0);
    return { values, timestamps, rowsPerValue: Math.max(1, seen / Math.max(1, this.#kept)) };
  }

  #openBlock(index: number): void {
    if (this.#open !== null) {
      // A copy has no room to grow.
      this.#open.values = this.#open.values.slice();
      this.#closed.push(this.#open);
    }
    this.#open = { index, seen: 0, early: 0, late: 0, values: [] };
    this.#lastSlot = -1;
    const oldest = index - HISTORY_WINDOWS * this.window.windowBlocks;
    while ((this.#closed[0]?.index ?? index) <= oldest)
      this.#kept -= this.#closed.shift()?.values.length ?? 0;
  }
}

/** Slots with a reading, ascending. */
function slotsOf({ early, late }: Block): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < ROWS_PER_BLOCK; slot += 1) {
    const isSet = slot < HALF_SLOTS ? early >> slot : late >> (slot - HALF_SLOTS);
    if (isSet & 1) slots.push(slot);
  }
  return slots;
}

function timeOf(block: Block, slot: number, { blockMs }: DriftWindow): number {
  return block.index * blockMs + (slot * blockMs) / ROWS_PER_BLOCK;
}
