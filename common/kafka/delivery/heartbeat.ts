import { pause } from '../../lifecycle.js';

/** Time between two looks at the heartbeat while a write is under way; kafkajs sends one only when it is due. */
const BEAT_MS = 1_000;

/** Keeps the membership alive during long work and remembers when it was lost. */
export class Heartbeat {
  readonly #send: () => Promise<void>;
  #lost: { readonly error: unknown } | undefined;

  constructor(send: () => Promise<void>) {
    this.#send = send;
  }

  /** Sends a heartbeat if one is due; remembers a failure instead of throwing it. */
  async now(): Promise<void> {
    if (this.#lost !== undefined) return;
    try {
      await this.#send();
    } catch (error) {
      this.#lost ??= { error };
    }
  }

  /** Throws what the group said when it no longer counts us as a member, for kafkajs to join again. */
  assertMember(): void {
    if (this.#lost !== undefined) throw this.#lost.error;
  }

  /**
   * Returns the outcome of the work, with heartbeats meanwhile. A lost membership does not interrupt it: a write that
   * finishes may still be committed while the group waits for its members.
   */
  async during<R>(work: Promise<R>): Promise<R> {
    const control = new AbortController();
    let working = true;
    const watched = work.finally(() => {
      working = false;
      control.abort();
    });
    watched.catch(() => undefined);
    while (working) {
      // At the beginning too: attempts that each fail quickly would otherwise never be long enough for one.
      await this.now();
      await pause(BEAT_MS, control.signal);
    }
    return watched;
  }
}
