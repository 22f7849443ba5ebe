/** Records over which the share of refused ones is judged. */
const WINDOW = 1_000;
/** More than this share of a window refused is no longer poison but a broken producer or schema. */
const MAX_SHARE = 0.2;

/** Watches the share of refused records, so that a bad schema roll-out does not drain a topic into its dead letter. */
export class RejectGuard {
  #seen = 0;
  #refused = 0;

  /** Counts one record; returns true when the window that it completes (or already exceeds) holds too many refused ones. */
  count(refused: boolean): boolean {
    this.#seen += 1;
    if (refused) this.#refused += 1;
    const tripped = this.#refused > WINDOW * MAX_SHARE;
    if (this.#seen >= WINDOW) {
      this.#seen = 0;
      this.#refused = 0;
    }
    return tripped;
  }
}
