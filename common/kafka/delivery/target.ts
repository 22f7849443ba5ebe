import type { TidewatchError } from '../../errors.js';
import type { DeadLetterStage, FailedRecord } from '../dead-letter.js';

/** A record as the delivery loop hands it to a target. */
export type DeliveryRecord = FailedRecord;

/** One item that the target will never take, and why. */
export interface WriteFailure {
  /** Index of the item in the call. */
  readonly index: number;
  /** Stable UPPER_SNAKE code. */
  readonly code: string;
  readonly reason: string;
}

/**
 * What became of one write. `delivered`: the target holds every item. `refused`: it holds every item but these. `retry`: it
 * may hold some of them, the same call may be made again, not before `afterMs` when it named a time. `broken`: no repeat will
 * help and the items are not at fault: settings or rights are.
 */
export type WriteResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly failures: readonly WriteFailure[] }
  | { readonly kind: 'retry'; readonly afterMs: number | null; readonly error: TidewatchError }
  | { readonly kind: 'broken'; readonly error: TidewatchError };

/** What a record turns into: items to write, nothing on purpose, or a reason why it cannot be used. */
export type Prepared<T> =
  | { readonly kind: 'items'; readonly items: readonly T[] }
  | { readonly kind: 'filtered'; readonly reason: string }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly reason: string;
      readonly stage: DeadLetterStage;
    };

/** A system outside Kafka that the delivery loop writes to. Redelivery must be harmless: the same items may come again. */
export interface DeliveryTarget<T> {
  /** Returns the items of one record. Pure and quick; bad data is `rejected`, a throw is a bug and ends the loop. */
  prepare(record: DeliveryRecord): Prepared<T>;
  /**
   * Resolves when the target holds the items, has refused some, or cannot be reached. Never called twice at a time, never
   * with no items; never throws. When the signal fires it gives up and returns `retry`.
   */
  write(items: readonly T[], signal: AbortSignal): Promise<WriteResult>;
}
