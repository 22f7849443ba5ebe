import { PUBLISH_INTERVAL_MS } from '../../detection/series/baseline.js';
import { emptyHost, type HostState } from '../../detection/series/host-state.js';
import { newObservation } from '../../detection/series/observation.js';
import { observe } from '../../detection/series/observe.js';
import { stepInto } from '../../processors/window/core.js';
import { createReusedRooms } from '../../processors/window/feature-rooms.js';
import { featureEventCodec } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import { type Allocated, type AllocatingRun, allocatedBy } from './allocated.js';
import { simulateHosts } from './simulated-hosts.js';

const DAY_MS = 86_400_000;
/** The append time is ours here: events may seem to come from any future. */
const LIMITS = {
  maxSkewMs: Number.MAX_SAFE_INTEGER,
  baselineMaxAgeMs: DAY_MS,
  evictAfterMs: DAY_MS,
  snapshotEvents: 64,
  snapshotAgeMs: 60_000,
};

export type Size = Pick<AllocatingRun, 'events' | 'repeats' | 'warmUps'>;

/** Returns what looking at a reading and learning from it allocates on warm hosts, between two publications of a baseline. */
export function windowDetection(metricCount: number, size: Size): Promise<Allocated> {
  return allocatedBy(rounds(metricCount, size, detecting(metricCount, 0)));
}

/** Returns the same of events at each of which every metric publishes its baseline. */
export function windowPublishing(metricCount: number, size: Size): Promise<Allocated> {
  return allocatedBy(rounds(metricCount, size, detecting(metricCount, PUBLISH_INTERVAL_MS)));
}

/** What is allocated for an event and its record. */
export interface RecordAllocation {
  readonly heap: Allocated;
  /** Bytes of an encoded record; they lie outside of the heap. */
  readonly encodedBytes: number;
}

/** Returns what `window` allocates between two publications, with the features record: filled, and encoded. */
export async function windowWithRecord(metricCount: number, size: Size): Promise<RecordAllocation> {
  let bytes = 0;
  let records = 0;
  const record = recording((encoded) => {
    bytes += encoded.length;
    records += 1;
  });
  const heap = await allocatedBy(rounds(metricCount, size, record));
  return { heap, encodedBytes: bytes / records };
}

type Take = (event: MetricEvent, host: HostState) => void;

/** New events of warm hosts in every round; they are made beforehand. */
function rounds(metricCount: number, size: Size, take: Take): AllocatingRun {
  const next = simulateHosts(metricCount, 5);
  const hosts = new Map<string, HostState>();
  const count = (size.warmUps ?? 20) + size.repeats;
  const events = Array.from({ length: count }, () => Array.from({ length: size.events }, next));
  for (const { host } of events[0] ?? []) hosts.set(host, emptyHost());
  let round = 0;
  return {
    ...size,
    run: () => {
      const ofRound = events[round++] ?? [];
      for (let i = 0; i < ofRound.length; i += 1) {
        const event = ofRound[i] as MetricEvent;
        take(event, hosts.get(event.host) as HostState);
      }
    },
  };
}

/** @param everyMs append time from one event to the next; 0 = no hour ever passes, and no baseline is due after the first */
function detecting(metricCount: number, everyMs: number): Take {
  const room = newObservation(metricCount);
  const reading = {
    timestamp: 0,
    appendTime: 0,
    metrics: [] as readonly string[],
    values: [] as readonly number[],
  };
  return (event, host) => {
    reading.timestamp = event.timestamp;
    reading.appendTime += everyMs;
    reading.metrics = event.metrics;
    reading.values = event.values;
    observe(host, reading, DAY_MS, room);
  };
}

function recording(use: (encoded: Buffer) => void): Take {
  const rooms = createReusedRooms();
  const source = { partition: 0, offset: 0, appendTime: 0 };
  const context = { source, limits: LIMITS };
  return (event, host) => {
    source.offset += 1;
    const { feature } = stepInto(rooms, host, event, context);
    if (feature !== null) use(featureEventCodec.encode(feature));
    rooms.release();
  };
}
