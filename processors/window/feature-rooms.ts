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

/** Returns rooms that are used again, a set for each number of metrics: hosts of one group have the same. */
export function createReusedRooms(): ReusedRooms {
  const sets = new Map<number, { readonly rooms: FeatureRoom[]; taken: number }>();
  let kept = 0;
  return {
    take: (metricCount) => {
      let set = sets.get(metricCount);
      if (set === undefined) {
        set = { rooms: [], taken: 0 };
        sets.set(metricCount, set);
      }
      const free = set.rooms[set.taken];
      if (free === undefined && kept >= MOST_KEPT) return newFeatureRoom(metricCount);
      set.taken += 1;
      if (free !== undefined) return free;
      const room = newFeatureRoom(metricCount);
      set.rooms.push(room);
      kept += 1;
      return room;
    },
    release: () => {
      for (const set of sets.values()) set.taken = 0;
    },
  };
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
