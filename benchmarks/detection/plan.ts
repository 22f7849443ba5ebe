import type { Task } from './measurement.js';

/** Where the reference program and ours meet: features of a row. */
export const REFERENCE_FEATURES = [3, 8, 38] as const;
/** Rows that the reference forests are trained on, and our growers too. */
export const TRAINING_ROWS = 100_000;
/** Rows of a day of minutes: what one trains on as a rule. */
const DAY_ROWS = 1_440;

/** What one run measures; the reference program aside. */
export interface Plan {
  readonly tasks: readonly Task[];
  /** Repeats of whatever is measured on the reference forests. */
  readonly referenceRepeats: number;
}

/** Returns the tasks of a run; a quick one has fewer events and repeats and leaves out what takes longest. */
export function planOf(quick: boolean): Plan {
  const repeats = quick ? 3 : 9;
  const task = (subject: string, shape: number, size: Partial<Task> = {}): Task => ({
    subject,
    shape,
    events: quick ? 1_024 : 4_096,
    repeats,
    folder: '',
    ...size,
  });
  const published = { repeats: quick ? 1 : 3 };
  return {
    referenceRepeats: quick ? 3 : 15,
    tasks: [
      ...[3, 8, 38].map((features) => task('forest', features)),
      task('recipe', 3),
      task('recipe', 38, { events: quick ? 256 : 1_024 }),
      task('own grower', TRAINING_ROWS),
      task('package grower', TRAINING_ROWS, published),
      task('ml-isolation-forest', DAY_ROWS, published),
      ...(quick ? [] : [task('ml-isolation-forest', TRAINING_ROWS, published)]),
      ...[3, 38].map((metrics) => task('series', metrics, { events: quick ? 300 : 3_000, repeats: 3 })),
      task('allocation', 3, { events: 2_048, repeats: 5 }),
      task('allocation', 38, { events: 1_024, repeats: 5 }),
      // A lane's batch is limited by time, so with more metrics it has fewer events.
      task('switch', 3, { events: 16, repeats: quick ? 2 : 7 }),
      task('switch', 38, { events: 2, repeats: quick ? 2 : 7 }),
    ],
  };
}
