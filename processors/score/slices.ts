import type { Steps } from '../../detection/isolation-forest/steps.js';

/** How long work goes on, and what lets others have their turn in between. */
export interface Pace {
  /** A clock that only goes forward, microseconds. */
  microseconds(): number;
  /** Resolves when whatever else was ready to run has run. */
  nextTurn(): Promise<void>;
}

/** The pace of a process: between two slices the event loop goes round once, with all input and output that is ready. */
export const EVENT_LOOP: Pace = {
  microseconds: () => performance.now() * 1_000,
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
};

/** No new step begins after so much of a slice, microseconds: the last step of a slice and the collector come on top. */
const SLICE = 500;

/**
 * Does the steps, half a millisecond of them at a time. Returns their result, or undefined once `isCancelled` says so between two
 * slices. Rejects with what a step throws.
 */
export async function inSlices<Result>(
  steps: Steps<Result>,
  pace: Pace,
  isCancelled: () => boolean,
): Promise<Result | undefined> {
  while (!isCancelled()) {
    const end = pace.microseconds() + SLICE;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (pace.microseconds() < end);
    await pace.nextTurn();
  }
  return undefined;
}
