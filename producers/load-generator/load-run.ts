import { codeOf } from '../../common/errors.js';
import type { OutgoingRecord, Publisher } from '../../common/kafka/publisher.js';
import { pause } from '../../common/lifecycle.js';
import type { Arrivals } from './arrivals.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { LoadCounts } from './report.js';

export interface LoadRunOptions {
  readonly publisher: Publisher;
  readonly arrivals: Arrivals;
  readonly durationMs: number;
  /** Makes the record of an event that is due at `timestamp` (ms since the epoch). */
  readonly recordAt: (timestamp: number) => OutgoingRecord;
  readonly maxInFlight: number;
  /** Returns the time of a clock that nobody sets, ms. */
  readonly monotonicNow: () => number;
  /** Wall-clock time of the start, ms since the epoch. */
  readonly startedAtEpochMs: number;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** Events handed over in one turn of the event loop: acknowledgements must get their turn too. */
const MOST_PER_TURN = 500;

/** Sends events when they are due, waiting for none of them, and counts what becomes of each. */
export class LoadRun {
  readonly fromPublish = new LatencyHistogram();
  readonly fromSchedule = new LatencyHistogram();
  readonly #options: LoadRunOptions;
  readonly #startMs: number;
  readonly #errors: Record<string, number> = {};
  #sent = 0;
  #acknowledged = 0;
  #failed = 0;
  #bytes = 0;
  #lastAcknowledgementMs = 0;
  #stalledMs = 0;

  constructor(options: LoadRunOptions) {
    this.#options = options;
    this.#startMs = options.monotonicNow();
  }

  get counts(): LoadCounts {
    return {
      planned: this.#options.arrivals.total,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      failed: this.#failed,
      bytes: this.#bytes,
      errors: { ...this.#errors },
    };
  }

  get elapsedMs(): number {
    return this.#options.monotonicNow() - this.#startMs;
  }

  get secondsToLastAcknowledgement(): number {
    return this.#lastAcknowledgementMs / 1000;
  }

  get stalledSeconds(): number {
    return this.#stalledMs / 1000;
  }

  /** Resolves at the planned end, or when stopped. What is still due then counts as unsent: a late run never catches up for a better rate. */
  async send(): Promise<void> {
    const { arrivals, durationMs, signal } = this.#options;
    let due = arrivals.next();
    while (due !== null && !signal.aborted && this.elapsedMs < durationMs) {
      const turnStart = this.elapsedMs;
      for (
        let count = 0;
        count < MOST_PER_TURN && due !== null && due <= turnStart && !this.#full;
        count += 1
      ) {
        this.#publish(due);
        due = arrivals.next();
      }
      await this.#waitFor(due, turnStart);
    }
  }

  /** Resolves when every event sent is acknowledged or has failed, or after `ms`. */
  async drain(ms: number): Promise<void> {
    const until = this.elapsedMs + ms;
    while (this.#inFlight > 0 && this.elapsedMs < until) await pause(5);
  }

  get #inFlight(): number {
    return this.#sent - this.#acknowledged - this.#failed;
  }

  get #full(): boolean {
    return this.#inFlight >= this.#options.maxInFlight;
  }

  async #waitFor(due: number | null, turnStart: number): Promise<void> {
    if (due === null) return;
    if (this.#full) {
      await pause(1);
      this.#stalledMs += this.elapsedMs - turnStart;
      return;
    }
    const waitMs = due - this.elapsedMs;
    if (waitMs > 0) await pause(Math.min(waitMs, 100), this.#options.signal);
    else await new Promise((resolve) => setImmediate(resolve));
  }

  #publish(dueMs: number): void {
    const record = this.#options.recordAt(Math.floor(this.#options.startedAtEpochMs + dueMs));
    this.#sent += 1;
    this.#options.publisher.publish(record).then(
      ({ latencyMs }) => {
        this.#acknowledged += 1;
        this.#bytes += record.value?.length ?? 0;
        this.#lastAcknowledgementMs = this.elapsedMs;
        this.fromPublish.add(latencyMs);
        this.fromSchedule.add(this.#lastAcknowledgementMs - dueMs);
      },
      (error: unknown) => {
        const code = codeOf(error);
        this.#failed += 1;
        this.#errors[code] = (this.#errors[code] ?? 0) + 1;
      },
    );
  }
}
