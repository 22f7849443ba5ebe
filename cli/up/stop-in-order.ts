import { Deadline, endsWithin } from '../../common/lifecycle.js';

/** What a run has started, as its stop sees it. Steps with a grace kill what is left after it and return its names. */
export interface StopSteps {
  /** Resolves when the start is over, however it went; it knows best what it has started. */
  readonly starting: Promise<void>;
  readonly stopProducers: (graceMs: number) => Promise<readonly string[]>;
  /** Lets what was published be scored and land, at most for so long. */
  readonly drain: (ms: number) => Promise<void>;
  readonly stopConsumers: (graceMs: number) => Promise<readonly string[]>;
  /** Ends what only looks on and needs no order. */
  readonly closeViews: () => Promise<void>;
  readonly stopServices: (graceMs: number) => Promise<readonly string[]>;
}

/** From the signal to the end: platforms kill after 10 s, and ending Node takes its part. */
export const STOP_DEADLINE_MS = 9_500;
/** Shares of the deadline that are kept for later steps: what hangs must not take the time of what must still be ended. */
const AFTER_START = 0.35;
const AFTER_PRODUCERS = 0.58;
const AFTER_DRAIN = 0.42;
const AFTER_CONSUMERS = 0.27;
/** A killed process is gone some milliseconds after the kill; what is not then never will be. */
const AFTER_KILL = 0.05;
const LONGEST_DRAIN = 0.32;

/**
 * Stops in order under one deadline: the start that is under way, producers, what they have published, consumers, services. So
 * nothing that was published is left unscored while there is time, and nothing goes on when there is none: each step has what
 * the earlier ones left, less what the later ones need. Returns the names of what was cut off; throws the first error of a step
 * after all of them.
 */
export async function stopInOrder(steps: StopSteps, deadlineMs = STOP_DEADLINE_MS): Promise<string[]> {
  const run = new StopRun(deadlineMs);
  await run.step('the start', run.left(AFTER_START), named(steps.starting));
  await run.kill('producers', run.left(AFTER_PRODUCERS), steps.stopProducers);
  const drainMs = Math.min(run.left(AFTER_DRAIN), LONGEST_DRAIN * deadlineMs);
  await run.kill('the last events', drainMs, (ms) => named(steps.drain(ms)));
  const graceMs = run.left(AFTER_CONSUMERS);
  await Promise.all([
    run.kill('consumers', graceMs, steps.stopConsumers),
    run.step('the view of the stream', graceMs, named(steps.closeViews())),
  ]);
  await run.kill('services', run.left(AFTER_KILL), steps.stopServices);
  if (run.errors.length > 0) throw run.errors[0];
  return run.cutOff;
}

class StopRun {
  readonly cutOff: string[] = [];
  readonly errors: unknown[] = [];
  readonly #deadline: Deadline;
  readonly #totalMs: number;

  constructor(totalMs: number) {
    this.#deadline = new Deadline(totalMs);
    this.#totalMs = totalMs;
  }

  /** Returns the milliseconds that are left, less a share of the whole. */
  left(keptShare: number): number {
    return this.#deadline.left(keptShare * this.#totalMs);
  }

  /** Waits for a step that kills at its grace, and a little longer. */
  kill(name: string, graceMs: number, stop: (ms: number) => Promise<readonly string[]>): Promise<void> {
    return this.step(name, graceMs + AFTER_KILL * this.#totalMs, stop(graceMs));
  }

  async step(name: string, ms: number, work: Promise<readonly string[]>): Promise<void> {
    try {
      if (await endsWithin(work, ms)) this.cutOff.push(...(await work));
      else this.cutOff.push(name);
    } catch (error) {
      this.errors.push(error);
    }
  }
}

async function named(work: Promise<void>): Promise<readonly string[]> {
  await work;
  return [];
}
