/** Bounds of one group; the batch that crosses them is still part of it, so a single large one always goes. */
export interface GroupBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** What is gathered: its size counts against the bounds. */
export interface Sized {
  readonly records: readonly unknown[];
  readonly bytes: number;
}

interface Waiting<B> {
  readonly batch: B;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers batches that arrive while a group is being delivered and hands them on as the next group: fewer, larger writes
 * under load, no wait when idle, no timer. One group at a time; the failure of a group rejects its batches.
 */
export class Gatherer<B extends Sized> {
  readonly #deliver: (group: readonly B[]) => Promise<void>;
  readonly #bounds: GroupBounds;
  #waiting: Waiting<B>[] = [];
  #running: Promise<void> | undefined;

  constructor(bounds: GroupBounds, deliver: (group: readonly B[]) => Promise<void>) {
    this.#bounds = bounds;
    this.#deliver = deliver;
  }

  /** Resolves when the group that this batch became part of is delivered; rejects when that failed. */
  offer(batch: B): Promise<void> {
    const outcome = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
    });
    this.#running ??= this.#run();
    return outcome;
  }

  /** Resolves when nothing is being delivered or waiting. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // The other partitions of the same fetch are handed over in this turn of the event loop: let them join.
    await new Promise(setImmediate);
    for (let group = this.#take(); group.length > 0; group = this.#take()) {
      try {
        await this.#deliver(group.map((entry) => entry.batch));
        for (const entry of group) entry.resolve();
      } catch (error) {
        for (const entry of group) entry.reject(error);
      }
    }
    this.#running = undefined;
  }

  #take(): Waiting<B>[] {
    let records = 0;
    let bytes = 0;
    let end = 0;
    for (const { batch } of this.#waiting) {
      if (records >= this.#bounds.maxRecords || bytes >= this.#bounds.maxBytes) break;
      records += batch.records.length;
      bytes += batch.bytes;
      end += 1;
    }
    return this.#waiting.splice(0, end);
  }
}
