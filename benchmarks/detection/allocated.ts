import { type Spread, spreadOf } from '../stream/spread.js';
import { type HeapProfile, profileHeap } from './heap-profile.js';

/** Runs before the profile: what is not compiled yet puts every double that it computes on the heap. */
const WARM_UPS = 20;
const FUNCTIONS_SHOWN = 4;

/** Something to profile: the same work over so many events, again and again. */
export interface AllocatingRun {
  readonly events: number;
  readonly repeats: number;
  /** Runs of the compiler's before any counts; 20 unless given. */
  readonly warmUps?: number;
  run(): void;
}

/** What a run put on the heap. */
export interface Allocated {
  /** Bytes per event, of each repeat. */
  readonly bytes: Spread;
  /** The functions that allocated most in the largest repeat, bytes per event. */
  readonly where: string;
}

/** Returns the bytes that a run allocates per event, by a sampling heap profiler, once everything is compiled. */
export async function allocatedBy({
  events,
  repeats,
  warmUps = WARM_UPS,
  run,
}: AllocatingRun): Promise<Allocated> {
  for (let i = 0; i < warmUps; i += 1) run();
  const profiles: HeapProfile[] = [];
  for (let i = 0; i < repeats; i += 1) profiles.push(await profileHeap(run));
  const [largest] = profiles.toSorted((a, b) => b.bytes - a.bytes);
  const where = (largest?.byFunction ?? [])
    .slice(0, FUNCTIONS_SHOWN)
    .map((found) => `${found.name} ${(found.bytes / events).toFixed(1)}`);
  return {
    bytes: spreadOf(
      profiles.map((profile) => profile.bytes / events),
      1,
    ),
    where: where.join(', '),
  };
}
