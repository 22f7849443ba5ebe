/** Hosts that have no reference, by their last record: nothing is kept of them but that they wait. Not part of any snapshot. */
export class WaitingHosts {
  readonly #seen = new Map<string, number>();

  get size(): number {
    return this.#seen.size;
  }

  /** Notes a record of a host without reference, and forgets those that were silent for longer than `forgetAfterMs`. */
  saw(host: string, appendTime: number, forgetAfterMs: number): void {
    this.#seen.delete(host);
    this.#seen.set(host, appendTime);
    for (const [name, last] of this.#seen) {
      if (appendTime - last <= forgetAfterMs) return;
      this.#seen.delete(name);
    }
  }

  /** Notes that the host is tested now, or gone. */
  forget(host: string): void {
    this.#seen.delete(host);
  }
}
