import type { Outcome } from '../../common/kafka/lanes/processor.js';
import { groupOf } from '../../detection/series/group.js';
import type { HostState } from '../../detection/series/host-state.js';
import { type Observation, observe } from '../../detection/series/observe.js';
import { rememberId } from '../../detection/series/recent-ids.js';
import type { Baseline } from '../../schemas/baseline.js';
import type { FeatureEvent } from '../../schemas/feature-event.js';
import type { MetricEvent } from '../../schemas/metric-event.js';
import type { WindowLimits } from './limits.js';

/** Where a metric event stands in its topic. */
export interface SourcePosition {
  readonly partition: number;
  readonly offset: number;
  /** Append time, ms. */
  readonly appendTime: number;
}

/** What follows from one metric event. */
export type WindowStep =
  | {
      readonly outcome: Extract<Outcome, { kind: 'emitted' }>;
      readonly feature: FeatureEvent;
      readonly baselines: readonly Baseline[];
    }
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
 */
export function step(
  host: HostState,
  event: MetricEvent,
  source: SourcePosition,
  limits: WindowLimits,
): WindowStep {
  const ahead = event.timestamp - source.appendTime;
  if (ahead > limits.maxSkewMs) {
    const reason = `the event time is ${ahead} ms after the append time, ${limits.maxSkewMs} ms are allowed`;
    return refused({ kind: 'rejected', code: 'TIMESTAMP_IN_FUTURE', reason, stage: 'TRANSFORMATION' });
  }
  if (!rememberId(host.recent, event.id)) return refused({ kind: 'filtered', reason: 'duplicate' });
  const { timestamp, metrics, values } = event;
  const reading = { timestamp, appendTime: clockOf(event, source), metrics, values };
  const observation = observe(host, reading, limits.baselineMaxAgeMs);
  return {
    outcome: { kind: 'emitted' },
    feature: featureOf(event, source, observation),
    baselines: observation.published.map(({ metric, baseline }) => ({
      ...baseline,
      host: event.host,
      metric,
      sketch: Buffer.from(baseline.sketch.buffer, baseline.sketch.byteOffset, baseline.sketch.byteLength),
    })),
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

function featureOf(event: MetricEvent, source: SourcePosition, observation: Observation): FeatureEvent {
  return {
    id: event.id,
    host: event.host,
    group: groupOf(event.labels, event.metrics),
    timestamp: event.timestamp,
    sourcePartition: source.partition,
    sourceOffset: source.offset,
    appendTime: source.appendTime,
    metrics: event.metrics,
    values: event.values,
    statistics: observation.statistics,
    baseline: observation.baseline,
    warmingUp: observation.warmingUp,
    late: observation.late,
    latenessMs: observation.latenessMs,
    labels: event.labels,
  };
}
