/** A lane that has failed for so long without one commit gets nowhere: the process ends, somebody has to look. */
const MAX_FAILING_MS = 300_000;
/** A failure so long after the one before begins a new count: longer than any call of a transaction takes to fail. */
const FORGIVEN_AFTER_MS = 120_000;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;

/** Counts the failures of one lane and says how long to wait before the next attempt, and when to give up. */
export class FailureCount {
  #count = 0;
  #since = 0;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * Counts one failure and returns the wait before the next attempt, milliseconds, or null when the lane has been
   * failing for too long. A lane without traffic commits nothing, so that what went well between two failures shows only
   * in the time between them.
   */
  failed(now: number): number | null {
    if (now - this.#last > FORGIVEN_AFTER_MS) this.succeeded();
    if (this.#count === 0) this.#since = now;
    this.#last = now;
    this.#count += 1;
    if (now - this.#since > MAX_FAILING_MS) return null;
    return Math.min(FIRST_WAIT_MS * 2 ** this.#count, MAX_WAIT_MS);
  }

  /** Forgets the failures: a transaction was committed. */
  succeeded(): void {
    this.#count = 0;
  }
}
