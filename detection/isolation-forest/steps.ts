/**
 * Work that takes long, cut into steps: each `next()` does one, well under a millisecond once compiled, and the last gives the result.
 * A caller who lets the event loop run after every few of them never holds it up; whoever has time calls `finish`.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does all steps that are left and returns the result. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
