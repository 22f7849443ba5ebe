import type { Logger } from '../../common/log.js';

/** What a reader of the machine is made with. */
export interface ReaderOptions {
  readonly platform: NodeJS.Platform;
  /** Planned time between two looks, ms. */
  readonly intervalMs: number;
  /** Planned time between two readings of what is slow or dear, ms. */
  readonly slowIntervalMs: number;
  /** Where the kernel's counters begin again at 0: 2^32 or 2^64. */
  readonly wordSize: number;
  readonly monotonicNow: () => number;
  readonly wallNow: () => number;
  readonly log: Logger;
}
