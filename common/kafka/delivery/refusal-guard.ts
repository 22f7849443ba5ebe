/** Records over which refusals are counted. */
export const GUARD_WINDOW = 1_000;
/** Largest share of them that may be refused. */
export const GUARD_SHARE = 0.2;

/**
 * Counts refusals over the last {@link GUARD_WINDOW} records. A bad schema roll-out or a wrong retention policy refuses
 * nearly everything: then a person must look, not the dead letter be filled with a whole topic.
 */
export class RefusalGuard {
  readonly #refused = new Uint8Array(GUARD_WINDOW);
  #at = 0;
  #count = 0;

  /** Takes note of one record; returns false when too many of the last ones were refused. O(1). */
  admit(refused: boolean): boolean {
    this.#count += (refused ? 1 : 0) - (this.#refused[this.#at] ?? 0);
    this.#refused[this.#at] = refused ? 1 : 0;
    this.#at = (this.#at + 1) % GUARD_WINDOW;
    return this.#count <= GUARD_WINDOW * GUARD_SHARE;
  }
}
