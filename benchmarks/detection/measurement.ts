import { z } from 'zod';
import { type Spread, spreadOf } from '../stream/spread.js';

/** What is measured at what size; one process of its own each, so that no subject runs on what the compiler learnt of another. */
export interface Task {
  readonly subject: string;
  /** Features, metrics or training rows: see the subject. */
  readonly shape: number;
  /** Events of one repeat. */
  readonly events: number;
  /** Measured repeats, 1 or more. */
  readonly repeats: number;
  /** Folder of the files that the reference program exchanges with us; empty elsewhere. */
  readonly folder: string;
}

/** One measured quantity. */
export interface Measurement {
  readonly name: string;
  /** `us/event` and `s` are CPU time of the process, user and system, all threads. */
  readonly unit: string;
  readonly spread: Spread;
  /** What else is good to know: wall time, sizes, counts. */
  readonly facts: Readonly<Record<string, string | number>>;
}

const spreadSchema = z.object({
  samples: z.number(),
  minimum: z.number(),
  median: z.number(),
  maximum: z.number(),
});

/** Shape of what a measured process writes. */
export const measurementsSchema = z.array(
  z.object({
    name: z.string(),
    unit: z.string(),
    spread: spreadSchema,
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
);

/** Shape of a task on a command line. */
export const taskSchema = z.object({
  subject: z.string(),
  shape: z.number(),
  events: z.number(),
  repeats: z.number(),
  folder: z.string(),
});

/** Time of one run. */
export interface Timed {
  readonly cpuMicroseconds: number;
  readonly wallMicroseconds: number;
}

/** Runs once and returns what it took. CPU time counts the collector's and the compiler's threads too, and not what else the machine does. */
export function timeOnce(run: () => void): Timed {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMicroseconds: user + system, wallMicroseconds: 1_000 * (performance.now() - wall) };
}

/** Runs that warm the compiler up before anything counts. */
const WARM_UPS = 3;

/** Returns the time of each of `repeats` runs, warm; `run` is told its number, so that it may take other rows each time. */
export function timeWarm(repeats: number, run: (index: number) => void): Timed[] {
  for (let i = 0; i < WARM_UPS; i += 1) run(i);
  return Array.from({ length: repeats }, (_, i) => timeOnce(() => run(WARM_UPS + i)));
}

/** Returns microseconds per event of runs over `events` events each. */
export function perEvent(name: string, events: number, runs: readonly Timed[]): Measurement {
  return {
    name,
    unit: 'us/event',
    spread: spreadOf(runs.map(({ cpuMicroseconds }) => cpuMicroseconds / events)),
    facts: { wallMedian: spreadOf(runs.map(({ wallMicroseconds }) => wallMicroseconds / events)).median },
  };
}
