/** What a training may hold while it reads its rows, bytes. */
export interface TrainingMemory {
  /** Rows of all groups together. */
  readonly rows: number;
  /** Readings that wait for a drift reference, of all groups, hosts and metrics together. */
  readonly references: number;
}

const MIB = 1_048_576;
/** What the settings come to unless somebody changes them. */
export const USUAL_MEMORY: TrainingMemory = { rows: 256 * MIB, references: 1024 * MIB };

/** A reading with all that training keeps of it: its statistics, its baseline, its share of the arrays. */
const READING_BYTES = 105;

/** Returns how many readings of compact rows so many bytes hold. */
export function readingsIn(bytes: number): number {
  return Math.floor(bytes / READING_BYTES);
}
