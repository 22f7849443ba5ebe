import { newObservation, type ObservationRoom } from '../../detection/series/observation.js';
import type { Reading } from '../../detection/series/observe.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { EmittedStep } from './core.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Room for the features of one event, and for what is needed to compute them. */
export interface FeatureRoom {
  readonly reading: Writable<Reading>;
  readonly observation: ObservationRoom;
  readonly feature: Writable<FeatureEvent>;
  /** What is said of the event: `feature` and the baselines that became due. */
  readonly step: Writable<EmittedStep>;
}

/** Where a step gets its room from. */
export interface FeatureRooms {
  /** Returns a room for events of so many metrics. */
  take(metricCount: number): FeatureRoom;
}

/** Rooms of its own for every event: the caller's to keep. */
export const NEW_ROOMS: FeatureRooms = { take: newFeatureRoom };

/** Rooms that are used again. */
export interface ReusedRooms extends FeatureRooms {
  /** Ends the use of all rooms that were taken: whoever holds their features must have read them. */
  release(): void;
}

/** Rooms that are kept for the next batch; a longer one gets the others for once. 256 of 38 metrics are 2.5 MB. */
const MOST_KEPT = 256;
/** Metrics that the kept rooms have in all: without a bound, 256 rooms of 512 metrics were 27 MB for each partition. */
const MOST_METRICS = 16_384;
/** Batches without enough rooms after which those that none of them used are given up: kinds of hosts may take turns, or have gone. */
const IDLE_BATCHES = 64;

/** Rooms for one number of metrics; `taken` of them are in use. */
interface RoomSet {
  readonly rooms: FeatureRoom[];
  taken: number;
  /** Batches since any was in use in which rooms were short. */
  idle: number;
}

/** Returns rooms that are used again, a set for each number of metrics: hosts of one group have the same. */
export function createReusedRooms(): ReusedRooms {
  const sets = new Map<number, RoomSet>();
  let kept = 0;
  let keptMetrics = 0;
  let isShort = false;

  /** Gives up rooms for numbers of metrics that nobody sends any more: those that come now find none. */
  const dropIdle = (): void => {
    for (const [metricCount, set] of sets) {
      set.idle = set.taken > 0 ? 0 : set.idle + 1;
      if (set.idle < IDLE_BATCHES) continue;
      kept -= set.rooms.length;
      keptMetrics -= set.rooms.length * metricCount;
      sets.delete(metricCount);
    }
  };

  return {
    take: (metricCount) => {
      const set = sets.get(metricCount) ?? startSet(sets, metricCount);
      const free = set.rooms[set.taken];
      if (free !== undefined) {
        set.taken += 1;
        return free;
      }
      const room = newFeatureRoom(metricCount);
      isShort ||= kept >= MOST_KEPT || keptMetrics + metricCount > MOST_METRICS;
      if (isShort) return room;
      set.rooms.push(room);
      set.taken += 1;
      kept += 1;
      keptMetrics += metricCount;
      return room;
    },
    release: () => {
      if (isShort) dropIdle();
      isShort = false;
      for (const set of sets.values()) set.taken = 0;
    },
  };
}

function startSet(sets: Map<number, RoomSet>, metricCount: number): RoomSet {
  const set = { rooms: [], taken: 0, idle: 0 };
  sets.set(metricCount, set);
  return set;
}

function newFeatureRoom(metricCount: number): FeatureRoom {
  const observation = newObservation(metricCount);
  const feature = emptyFeature(observation);
  return {
    reading: { timestamp: 0, appendTime: 0, metrics: [], values: [] },
    observation,
    feature,
    step: { outcome: { kind: 'emitted' }, feature, baselines: [] },
  };
}

function emptyFeature({ statistics }: ObservationRoom): Writable<FeatureEvent> {
  return {
    id: '',
    host: '',
    group: '',
    timestamp: 0,
    sourcePartition: 0,
    sourceOffset: 0,
    appendTime: 0,
    metrics: [],
    values: [],
    statistics,
    baseline: null,
    warmingUp: true,
    late: false,
    latenessMs: 0,
    labels: {},
  };
}
