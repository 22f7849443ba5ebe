import type { Outcome } from '../../common/kafka/lanes/processor.js';
import { groupOf } from '../../detection/series/group.js';
import type { HostState } from '../../detection/series/host-state.js';
import type { DueBaseline } from '../../detection/series/observation.js';
import { observe } from '../../detection/series/observe.js';
import { rememberId } from '../../detection/series/recent-ids.js';
import type { Baseline } from '../../schemas/baseline.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import { type FeatureRoom, type FeatureRooms, NEW_ROOMS } from './feature-rooms.js';
import type { WindowLimits } from './limits.js';

/** Where a metric event stands in its topic. */
export interface SourcePosition {
  readonly partition: number;
  readonly offset: number;
  /** Append time, ms. */
  readonly appendTime: number;
}

/** What follows from a metric event that is taken in. */
export interface EmittedStep {
  readonly outcome: Extract<Outcome, { kind: 'emitted' }>;
  readonly feature: FeatureEvent;
  /** Baselines that became due. */
  readonly baselines: readonly Baseline[];
}

/** What follows from one metric event. */
export type WindowStep =
  | EmittedStep
  | {
      readonly outcome: Exclude<Outcome, { kind: 'emitted' }>;
      readonly feature: null;
      readonly baselines: readonly [];
    };

/**
 * Takes one metric event into the state of its host and returns what is to be said about it. `host` is changed in place, by
 * emitted events only. The same states and events give the same bits; nothing but the arguments is read.
 * - beyond append time + maxSkewMs: rejected, TIMESTAMP_IN_FUTURE;
 * - id among the host's last 64: filtered, `duplicate` (a producer may resend);
 * - older than the host's newest: looked at, flagged late, teaches nothing.
 * The clock of a replayed event is its own time, not its append time: {@link clockOf}.
 *
 * What is returned is the caller's to keep.
 */
export function step(
  host: HostState,
  event: MetricEvent,
  source: SourcePosition,
  limits: WindowLimits,
): WindowStep {
  return stepInto(NEW_ROOMS, host, event, { source, limits });
}

const NO_BASELINES: readonly Baseline[] = [];

/** What an event is judged by. */
export interface StepContext {
  readonly source: SourcePosition;
  readonly limits: WindowLimits;
}

/**
 * The same, with rooms of the caller's: what is returned of an emitted event lies in one of them and holds until that room is used again. With rooms that are
 * used again it allocates nothing per event but the baselines that became due.
 */
export function stepInto(
  rooms: FeatureRooms,
  host: HostState,
  event: MetricEvent,
  { source, limits }: StepContext,
): WindowStep {
  if (event.timestamp - source.appendTime > limits.maxSkewMs) return refused(inFuture(event, source, limits));
  if (!rememberId(host.recent, event.id)) return refused({ kind: 'filtered', reason: 'duplicate' });
  const room = rooms.take(event.metrics.length);
  const { reading } = room;
  reading.timestamp = event.timestamp;
  reading.appendTime = clockOf(event, source);
  reading.metrics = event.metrics;
  reading.values = event.values;
  observe(host, reading, limits.baselineMaxAgeMs, room.observation);
  writeFeature(room, event, source);
  const { published } = room.observation;
  room.step.baselines =
    published.length === 0 ? NO_BASELINES : published.map((due) => baselineOf(event.host, due));
  return room.step;
}

function inFuture(
  event: MetricEvent,
  { appendTime }: SourcePosition,
  { maxSkewMs }: WindowLimits,
): Extract<Outcome, { kind: 'rejected' }> {
  const reason = `the event time is ${event.timestamp - appendTime} ms after the append time, ${maxSkewMs} ms are allowed`;
  return { kind: 'rejected', code: 'TIMESTAMP_IN_FUTURE', reason, stage: 'TRANSFORMATION' };
}

function baselineOf(host: string, { metric, baseline }: DueBaseline): Baseline {
  const { sketch } = baseline;
  return {
    ...baseline,
    host,
    metric,
    sketch: Buffer.from(sketch.buffer, sketch.byteOffset, sketch.byteLength),
  };
}

/**
 * Returns the time by which a host's baselines are due and grow stale. A file of a week is replayed in minutes: by append time its
 * baselines would hardly ever be renewed, and the verdicts would hang on the speed of the replay instead of the file.
 */
function clockOf(event: MetricEvent, { appendTime }: SourcePosition): number {
  return event.source === 'replay' ? event.timestamp : appendTime;
}

function refused(outcome: Exclude<Outcome, { kind: 'emitted' }>): WindowStep {
  return { outcome, feature: null, baselines: [] };
}

function writeFeature(
  { feature, observation }: FeatureRoom,
  event: MetricEvent,
  source: SourcePosition,
): void {
  feature.id = event.id;
  feature.host = event.host;
  feature.group = groupOf(event.labels, event.metrics);
  feature.timestamp = event.timestamp;
  feature.sourcePartition = source.partition;
  feature.sourceOffset = source.offset;
  feature.appendTime = source.appendTime;
  feature.metrics = event.metrics;
  feature.values = event.values;
  feature.baseline = observation.baseline;
  feature.warmingUp = observation.warmingUp;
  feature.late = observation.late;
  feature.latenessMs = observation.latenessMs;
  feature.labels = event.labels;
}
